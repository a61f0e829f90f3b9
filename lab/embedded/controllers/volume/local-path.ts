/**
 * The directories behind volumes of class local-path: `<directory>/volumes/<namespace>_<claim>`.
 *
 * Named after the claim, so that data outlives the pod, the claim object and the lab. Beside each directory, a small JSON
 * file of the same name keeps what the API forgets when the lab stops: on which node the data is.
 */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

export interface ClaimName {
  namespace: string;
  name: string;
}

interface VolumeRecord {
  node: string;
}

/** No ambiguity: neither name can have an underscore. */
export function volumePath(directory: string, { namespace, name }: ClaimName): string {
  return join(directory, 'volumes', `${namespace}_${name}`);
}

/** The node that the claim's data is on; undefined when there is no data. Throws when the record cannot be read. */
export function recordedNode(directory: string, claim: ClaimName): string | undefined {
  const path = volumePath(directory, claim);
  if (!existsSync(path) || !existsSync(`${path}.json`)) return undefined;
  return (JSON.parse(readFileSync(`${path}.json`, 'utf8')) as VolumeRecord).node;
}

/** Creates the directory, or takes the one that is there, for a node. Returns its path. */
export function createVolumeDirectory(directory: string, claim: ClaimName, node: string): string {
  const path = volumePath(directory, claim);
  mkdirSync(path, { recursive: true });
  // Whatever user a pod's program runs as has to be able to write, and mkdir's mode is subject to the umask.
  if (recordedNode(directory, claim) === undefined) chmodSync(path, 0o777);
  writeFileSync(`${path}.json`, `${JSON.stringify({ node } satisfies VolumeRecord)}\n`);
  return path;
}

/** Deletes the claim's data and what is known of it. */
export async function deleteVolumeDirectory(directory: string, claim: ClaimName): Promise<void> {
  const path = volumePath(directory, claim);
  await rm(path, { recursive: true, force: true });
  await rm(`${path}.json`, { force: true });
}
