/** What the parts of one kubelet share from one boot of its node to the next. */
import type { Pod } from 'kubernetes-types/core/v1.js';
import type { ApiClient } from '../api/client.ts';
import type { Stored } from '../api/types.ts';
import type { EventType } from '../controllers/events.ts';
import type { Images } from '../images/images.ts';
import type { PodNetwork } from '../network/network.ts';
import type { EmbeddedSettings, NodeSettings } from '../settings.ts';
import type { MemoryWatch } from './memory.ts';

export interface KubeletContext {
  node: NodeSettings;
  nodeIP: string;
  settings: EmbeddedSettings;
  client: ApiClient;
  network: PodNetwork;
  images: Images;
  memory: MemoryWatch;
  /** Aborts when the node loses power or the kubelet stops: from then on nothing is said to the API any more. */
  ended: AbortSignal;
  record(
    pod: Stored<Pod>,
    type: EventType,
    reason: string,
    message: string,
    container?: ContainerKind & { name: string },
  ): void;
}

export interface ContainerKind {
  /** A sidecar is an init container with restartPolicy Always. */
  kind: 'init' | 'sidecar' | 'main';
}

/** `name_namespace(uid)`, as the kubelet's messages have it. */
export function podLabel({ metadata }: Stored<Pod>): string {
  return `${metadata.name}_${metadata.namespace}(${metadata.uid})`;
}
