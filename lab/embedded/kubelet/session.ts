/** One boot of a node: from the moment its kubelet starts until it loses power or stops. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Pod } from 'kubernetes-types/core/v1.js';
import type { WatchEvent } from '../api/client.ts';
import type { Stored } from '../api/types.ts';
import type { KubeletContext } from './context.ts';
import { keepNodeAlive, postNode } from './node/node-registration.ts';
import type { NodeFacts } from './node/node-object.ts';
import { deletePod, PodWorker } from './pod/pod-worker.ts';

export class KubeletSession {
  readonly #context: KubeletContext;
  readonly #workers = new Map<string, PodWorker>();

  constructor(context: KubeletContext, facts: NodeFacts) {
    this.#context = context;
    const { client, node, settings, ended } = context;
    // Closed to others: it holds Secrets.
    mkdirSync(join(settings.directory, 'pods'), { recursive: true, mode: 0o700 });
    postNode(client, facts);
    keepNodeAlive(client, facts, ended);
    const stops = [
      client.watch('pods', { fieldSelector: `spec.nodeName=${node.name}` }, (event) => this.#handle(event)),
      client.watch('configmaps', {}, ({ object }) => this.#configChanged(object.metadata.namespace)),
      client.watch('secrets', {}, ({ object }) => this.#configChanged(object.metadata.namespace)),
    ];
    ended.addEventListener('abort', () => stops.forEach((stop) => stop()), { once: true });
  }

  get workers(): PodWorker[] {
    return [...this.#workers.values()];
  }

  find(uid: string): PodWorker | undefined {
    return this.#workers.get(uid);
  }

  #handle({ type, object: pod }: WatchEvent<Stored<Pod>>): void {
    // An event may still be under way when the power goes.
    if (type === 'BOOKMARK' || this.#context.ended.aborted) return;
    const { uid, deletionTimestamp } = pod.metadata;
    const worker = this.#workers.get(uid);
    if (type === 'DELETED') {
      void worker?.remove().then(() => this.#workers.delete(uid));
    } else if (worker) {
      worker.update(pod);
    } else if (deletionTimestamp !== undefined) {
      // Deleted before it was started, or while the node was without power.
      deletePod(pod, this.#context);
    } else if (!isOver(pod)) {
      this.#workers.set(uid, new PodWorker(pod, this.#context));
    }
  }

  #configChanged(namespace: string | undefined): void {
    for (const worker of this.#workers.values()) {
      if (worker.pod.metadata.namespace === namespace) worker.sandbox.configChanged();
    }
  }
}

function isOver({ status }: Stored<Pod>): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}
