/** The files of volumes that are made from objects of the API. */
import type {
  ConfigMapVolumeSource,
  DownwardAPIVolumeFile,
  KeyToPath,
  SecretVolumeSource,
  Volume,
  VolumeProjection,
} from 'kubernetes-types/core/v1.js';
import type { ApiClient } from '../api/client.ts';
import { fieldValue, resourceValue, type PodFacts } from '../kubelet/pod/downward-api.ts';
import type { FileTree } from './atomic-directory.ts';
import { missingObject, readConfig, type ConfigKind } from './config-data.ts';

const DEFAULT_MODE = 0o644;

export interface FileSourceContext {
  client: ApiClient;
  facts: PodFacts;
  /** What stands for a service account's token: the API knows one token and no roles. */
  token: string;
}

/** Undefined for volumes of another kind. Throws Error when an object or key that is not optional is missing. */
export function filesOf(volume: Volume, context: FileSourceContext): FileTree | undefined {
  const { configMap, secret, downwardAPI, projected } = volume;
  if (configMap) return configFiles('configmaps', configMap.name ?? '', configMap, configMap.defaultMode, context);
  if (secret) return configFiles('secrets', secret.secretName ?? '', secret, secret.defaultMode, context);
  if (downwardAPI) return downwardFiles(downwardAPI.items, downwardAPI.defaultMode, context);
  if (!projected) return undefined;
  const trees = (projected.sources ?? []).map((source) => projectedFiles(source, projected.defaultMode, context));
  return new Map(trees.flatMap((tree) => [...tree]));
}

function projectedFiles(source: VolumeProjection, mode: number | undefined, context: FileSourceContext): FileTree {
  const { configMap, secret, downwardAPI, serviceAccountToken } = source;
  if (configMap) return configFiles('configmaps', configMap.name ?? '', configMap, mode, context);
  if (secret) return configFiles('secrets', secret.name ?? '', secret, mode, context);
  if (downwardAPI) return downwardFiles(downwardAPI.items, mode, context);
  if (!serviceAccountToken) throw new Error(`unsupported projection: ${Object.keys(source).join(', ')}`);
  return new Map([[serviceAccountToken.path, { content: Buffer.from(context.token), mode: mode ?? DEFAULT_MODE }]]);
}

function configFiles(
  kind: ConfigKind,
  name: string,
  { items, optional }: Pick<ConfigMapVolumeSource & SecretVolumeSource, 'items' | 'optional'>,
  mode: number = DEFAULT_MODE,
  { client, facts }: FileSourceContext,
): FileTree {
  const data = readConfig(client, kind, facts.pod.metadata.namespace ?? '', name);
  if (!data && !optional) throw missingObject(kind, name);
  const wanted: KeyToPath[] = items ?? Object.keys(data ?? {}).map((key) => ({ key, path: key }));
  const files: FileTree = new Map();
  for (const item of wanted) {
    const content = data?.[item.key];
    if (content) files.set(item.path, { content, mode: item.mode ?? mode });
    else if (!optional)
      throw new Error(`references non-existent ${kind === 'secrets' ? 'secret' : 'config'} key: ${item.key}`);
  }
  return files;
}

function downwardFiles(
  items: DownwardAPIVolumeFile[] = [],
  mode: number = DEFAULT_MODE,
  { facts }: FileSourceContext,
): FileTree {
  return new Map(
    items.map((item) => [item.path, { content: Buffer.from(downwardValue(item, facts)), mode: item.mode ?? mode }]),
  );
}

function downwardValue({ fieldRef, resourceFieldRef }: DownwardAPIVolumeFile, facts: PodFacts): string {
  if (fieldRef) return fieldValue(fieldRef, facts);
  if (!resourceFieldRef) throw new Error('a downward API item needs a fieldRef or a resourceFieldRef');
  const container = facts.pod.spec?.containers.find(({ name }) => name === resourceFieldRef.containerName);
  if (!container) throw new Error(`container ${resourceFieldRef.containerName} not found`);
  return resourceValue(resourceFieldRef, container, facts);
}
