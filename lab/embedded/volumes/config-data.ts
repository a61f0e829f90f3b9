/** The contents of ConfigMaps and Secrets, and how their absence is reported. */
import type { ApiClient } from '../api/client.ts';

export type ConfigKind = 'configmaps' | 'secrets';

/** Undefined when there is no such object. Values are what the program gets to see: no base64. */
export function readConfig(
  client: ApiClient,
  kind: ConfigKind,
  namespace: string,
  name: string,
): Record<string, Buffer> | undefined {
  if (kind === 'configmaps') {
    const configMap = client.find(kind, namespace, name);
    return configMap && { ...decode(configMap.data, 'utf8'), ...decode(configMap.binaryData, 'base64') };
  }
  const secret = client.find(kind, namespace, name);
  return secret && decode(secret.data, 'base64');
}

export function missingObject(kind: ConfigKind, name: string): Error {
  return new Error(`${kind === 'secrets' ? 'secret' : 'configmap'} "${name}" not found`);
}

function decode(data: Record<string, string> = {}, encoding: BufferEncoding): Record<string, Buffer> {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, encoding)]));
}
