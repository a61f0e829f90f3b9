/** Directories of the node that pods use: hostPath volumes and volumes of claims. */
import { mkdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { HostPathVolumeSource } from 'kubernetes-types/core/v1.js';
import type { ApiClient } from '../api/client.ts';

export interface HostContext {
  client: ApiClient;
  namespace: string;
  nodeName: string;
  /** The lab's state directory. */
  labDirectory: string;
}

/** The real directory of a claim's volume. Throws Error when the claim is missing, not bound, or bound to an unsupported volume. */
export function claimDirectory(claimName: string, context: HostContext): string {
  const { client, namespace } = context;
  const claim = client.find('persistentvolumeclaims', namespace, claimName);
  if (!claim) throw new Error(`persistentvolumeclaim "${claimName}" not found`);
  const volumeName = claim.spec?.volumeName;
  if (claim.status?.phase !== 'Bound' || !volumeName)
    throw new Error(`persistentvolumeclaim "${claimName}" is not bound`);
  const volume = client.find('persistentvolumes', undefined, volumeName);
  if (!volume) throw new Error(`persistentvolume "${volumeName}" not found`);
  const path = volume.spec?.local?.path ?? volume.spec?.hostPath?.path;
  if (!path)
    throw new Error(`persistentvolume "${volumeName}" is neither local nor hostPath: nothing else is supported`);
  return hostDirectory({ path, type: 'DirectoryOrCreate' }, context);
}

/** The real path of a hostPath volume; what may be made is made. Throws Error when it is not of the wanted type. */
export function hostDirectory({ path, type = '' }: HostPathVolumeSource, context: HostContext): string {
  const real = pathOnNode(path, context);
  if (type === '' || type === 'DirectoryOrCreate') mkdirSync(real, { recursive: true });
  const stats = statSync(real, { throwIfNoEntry: false });
  const expected =
    type.startsWith('Directory') || type === '' ? stats?.isDirectory() : type === 'File' && stats?.isFile();
  if (!expected) throw new Error(`hostPath type check failed: ${path} is not a ${type || 'directory'}`);
  return real;
}

/**
 * Nodes are machines of their own and share no disk with each other or with the user: a path is taken from the
 * node's own tree in the lab's directory, unless it lies in that directory anyway (volumes the cluster has provisioned).
 */
function pathOnNode(path: string, { labDirectory, nodeName }: HostContext): string {
  const inside = !relative(labDirectory, path).startsWith('..');
  return inside ? path : join(labDirectory, 'volumes', 'nodes', nodeName, path);
}
