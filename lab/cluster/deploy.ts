/** Puts the system under test on a cluster and takes it away again. */
import { LabError, UsageError } from '../exit-codes.ts';
import type { Cluster } from './cluster.ts';
import type { Manifest } from './manifests.ts';
import { describe, NAMESPACE } from './objects.ts';
import { newPassword } from './password.ts';
import { ClusterError } from './rest.ts';

export const DATABASE = { user: 'logs', name: 'logs', port: 5432, pod: 'postgres-0' } as const;

/**
 * Applies the namespaces, makes the database's Secret, then applies everything else at once: what needs something that is not there yet
 * waits for it. Throws UsageError that names file and document when the cluster does not take one; the first in order, if several.
 */
export async function deploy(
  cluster: Cluster,
  manifests: readonly Manifest[],
  databasePassword: string | undefined,
  warn: (message: string) => void,
): Promise<void> {
  const isNamespace = ({ object }: Manifest): boolean => object.kind === 'Namespace';
  for (const manifest of manifests.filter(isNamespace)) {
    await applyManifest(cluster, manifest, warn);
    if (manifest.object.metadata.name === NAMESPACE) await ensureDatabaseSecret(cluster, databasePassword);
  }
  const rest = manifests.filter((manifest) => !isNamespace(manifest));
  const results = await Promise.allSettled(rest.map((manifest) => applyManifest(cluster, manifest, warn)));
  const refused = results.find((result) => result.status === 'rejected');
  if (refused !== undefined) throw refused.reason;
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
async function ensureDatabaseSecret(cluster: Cluster, password: string | undefined): Promise<void> {
  const reference = { apiVersion: 'v1', kind: 'Secret', namespace: NAMESPACE, name: 'postgres' };
  if ((await cluster.find(reference)) !== undefined) return;
  await cluster.create({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'postgres', namespace: NAMESPACE, labels: { 'app.kubernetes.io/part-of': 'log-lab' } },
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
  const secret = await cluster.get({ apiVersion: 'v1', kind: 'Secret', namespace: NAMESPACE, name: 'postgres' });
  const field = (name: string): string => Buffer.from(String(secret['data']?.[name] ?? ''), 'base64').toString();
  return { user: field('POSTGRES_USER'), password: field('POSTGRES_PASSWORD'), database: field('POSTGRES_DB') };
}
