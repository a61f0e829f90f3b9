/** Makes a pod's volumes: directories on this machine, since there is no mount namespace to mount them in. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Volume } from 'kubernetes-types/core/v1.js';
import type { ApiClient } from '../api/client.ts';
import type { PodFacts } from '../kubelet/pod/downward-api.ts';
import { writeAtomically } from './atomic-directory.ts';
import { filesOf } from './file-sources.ts';
import { claimDirectory, hostDirectory, type HostContext } from './host-directories.ts';

export interface VolumeContext {
  client: ApiClient;
  facts: PodFacts;
  /** The pod's own directory. */
  podDirectory: string;
  labDirectory: string;
  token: string;
}

/** Volume name to real directory (or file, for a hostPath of type File). */
export type VolumePaths = Map<string, string>;

export class MountError extends Error {
  override readonly name = 'MountError';

  constructor(volume: string, cause: unknown) {
    const message = cause instanceof Error ? cause.message : String(cause);
    super(`MountVolume.SetUp failed for volume "${volume}" : ${message}`, { cause });
  }
}

/**
 * Makes the volumes of the pod that its containers mount, or brings those that show objects of the API up to date: it can be called again at any
 * time. Throws MountError for the first that cannot be made.
 */
export function mountVolumes(context: VolumeContext): VolumePaths {
  const { volumes = [], containers = [], initContainers = [] } = context.facts.pod.spec ?? {};
  const mounts = [...initContainers, ...containers].flatMap(({ volumeMounts = [] }) => volumeMounts);
  const mounted = new Set(mounts.map(({ name }) => name));
  return new Map(
    volumes
      .filter(({ name }) => mounted.has(name))
      .map((volume) => {
        try {
          return [volume.name, mount(volume, context)];
        } catch (error) {
          throw new MountError(volume.name, error);
        }
      }),
  );
}

function mount(volume: Volume, context: VolumeContext): string {
  const { pod } = context.facts;
  const host: HostContext = {
    client: context.client,
    namespace: pod.metadata.namespace ?? '',
    nodeName: pod.spec?.nodeName ?? '',
    labDirectory: context.labDirectory,
  };
  if (volume.persistentVolumeClaim) return claimDirectory(volume.persistentVolumeClaim.claimName, host);
  if (volume.hostPath) return hostDirectory(volume.hostPath, host);
  const directory = join(context.podDirectory, 'volumes', volume.name);
  const files = filesOf(volume, context);
  if (files) writeAtomically(directory, files);
  else if (volume.emptyDir) mkdirSync(directory, { recursive: true });
  else throw new Error(`volumes of type ${sourceOf(volume)} are not supported`);
  return directory;
}

function sourceOf(volume: Volume): string {
  return Object.keys(volume).find((key) => key !== 'name') ?? 'unknown';
}
