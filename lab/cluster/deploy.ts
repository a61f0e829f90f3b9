/** Puts the system under test on a cluster and takes it away again. */
import { randomBytes } from 'node:crypto';
import { LabError, UsageError } from '../exit-codes.ts';
import type { Cluster } from './cluster.ts';
import type { Manifest } from './manifests.ts';
import { describe, NAMESPACE, PART_OF_LAB, RUN_LABEL, type KubeObject } from './objects.ts';
import { newPassword } from './password.ts';
import { ClusterError } from './rest.ts';

export const DATABASE = { user: 'logs', name: 'logs', port: 5432, pod: 'postgres-0' } as const;

const DATABASE_SECRET = { apiVersion: 'v1', kind: 'Secret', namespace: NAMESPACE, name: 'postgres' };

/**
 * Applies the namespaces, makes the database's Secret, then applies everything else at once: what needs something that is
 * not there yet waits for it. Everything is labelled with the run: that of the lab that is there, or has left its data, or
 * else a new one. Throws UsageError that names file and document when the cluster does not take one; the first in order, if
 * several.
 */
export async function deploy(
  cluster: Cluster,
  manifests: readonly Manifest[],
  databasePassword: string | undefined,
  warn: (message: string) => void,
): Promise<void> {
  const isNamespace = ({ object }: Manifest): boolean => object.kind === 'Namespace';
  const { run, foreign } = await findRun(cluster);
  const labelled = manifests.map((manifest) =>
    foreign && isNamespace(manifest) ? manifest : { ...manifest, object: withRun(manifest.object, run) },
  );
  for (const manifest of labelled.filter(isNamespace)) {
    await applyManifest(cluster, manifest, warn);
    if (manifest.object.metadata.name === NAMESPACE) await ensureDatabaseSecret(cluster, run, databasePassword);
  }
  const rest = labelled.filter((manifest) => !isNamespace(manifest));
  const results = await Promise.allSettled(rest.map((manifest) => applyManifest(cluster, manifest, warn)));
  const refused = results.find((result) => result.status === 'rejected');
  if (refused !== undefined) throw refused.reason;
}

/** `foreign`: the namespace was made by somebody else, and is not ours to remove. */
async function findRun(cluster: Cluster): Promise<{ run: string; foreign: boolean }> {
  const namespace = await cluster.find({ apiVersion: 'v1', kind: 'Namespace', name: NAMESPACE });
  const secret = namespace && (await cluster.find(DATABASE_SECRET));
  const run = namespace?.metadata.labels?.[RUN_LABEL] ?? secret?.metadata.labels?.[RUN_LABEL];
  const foreign = namespace !== undefined && namespace.metadata.labels?.[RUN_LABEL] === undefined;
  return { run: run ?? randomBytes(6).toString('hex'), foreign };
}

function withRun(object: KubeObject, run: string): KubeObject {
  return { ...object, metadata: { ...object.metadata, labels: { ...object.metadata.labels, [RUN_LABEL]: run } } };
}

async function applyManifest(cluster: Cluster, manifest: Manifest, warn: (message: string) => void): Promise<void> {
  const where = `${manifest.file}, document ${manifest.document} (${describe(manifest.object)})`;
  try {
    await cluster.apply(manifest.object, (message) => warn(`${where}: ${message}`));
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    const Refusal = isRefusal(error) ? UsageError : LabError;
    throw new Refusal(`${where}: ${error.message}`, { cause: error });
  }
}

/** Whether the file is at fault. For a field that the schema lacks, server-side apply answers 500 of all codes. */
function isRefusal({ code, message }: ClusterError): boolean {
  return code < 500 || message.startsWith('failed to create typed patch object');
}

/** A password that exists is kept: the database on its volume was initialised with it. */
async function ensureDatabaseSecret(cluster: Cluster, run: string, password: string | undefined): Promise<void> {
  if ((await cluster.find(DATABASE_SECRET)) !== undefined) return;
  await cluster.create({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'postgres', namespace: NAMESPACE, labels: { ...PART_OF_LAB, [RUN_LABEL]: run } },
    type: 'Opaque',
    stringData: {
      POSTGRES_USER: DATABASE.user,
      POSTGRES_DB: DATABASE.name,
      POSTGRES_PASSWORD: password ?? newPassword(),
    },
  });
}

/** User, password and database name of the Secret. */
export async function databaseCredentials(
  cluster: Cluster,
): Promise<{ user: string; password: string; database: string }> {
  const secret = await cluster.get(DATABASE_SECRET);
  const field = (name: string): string => Buffer.from(String(secret['data']?.[name] ?? ''), 'base64').toString();
  return { user: field('POSTGRES_USER'), password: field('POSTGRES_PASSWORD'), database: field('POSTGRES_DB') };
}
