/** A container's environment as its manifest asks for it. */
import type { Container, EnvFromSource, EnvVar } from 'kubernetes-types/core/v1.js';
import type { ApiClient } from '../../api/client.ts';
import { missingObject, readConfig, type ConfigKind } from '../../volumes/config-data.ts';
import { fieldValue, resourceValue, type PodFacts } from './downward-api.ts';
import { expand } from './expansion.ts';
import { serviceVariables } from './service-variables.ts';

/** What Kubernetes takes for a name in envFrom (relaxed validation, since 1.30: printable ASCII but `=`). */
const VARIABLE_NAME = /^[ -<>-~]+$/;

/**
 * Service variables, then envFrom, then env: later ones win, and each may use `$(...)` of those before.
 * Throws Error with Kubernetes' message when something that is not optional is missing (CreateContainerConfigError).
 */
export function containerEnvironment(container: Container, facts: PodFacts, client: ApiClient): Record<string, string> {
  const { metadata, spec } = facts.pod;
  const namespace = metadata.namespace ?? '';
  const variables = serviceVariables(client, namespace, spec?.enableServiceLinks ?? true);
  for (const source of container.envFrom ?? []) Object.assign(variables, variablesFrom(source, client, namespace));
  for (const variable of container.env ?? []) {
    const value = variable.valueFrom
      ? valueFrom(variable, container, facts, client)
      : expand(variable.value ?? '', variables);
    if (value !== undefined) variables[variable.name] = value;
  }
  return variables;
}

function variablesFrom(source: EnvFromSource, client: ApiClient, namespace: string): Record<string, string> {
  const kind: ConfigKind = source.secretRef ? 'secrets' : 'configmaps';
  const reference = source.secretRef ?? source.configMapRef ?? {};
  const data = readConfig(client, kind, namespace, reference.name ?? '');
  if (!data && !reference.optional) throw missingObject(kind, reference.name ?? '');
  const named = Object.entries(data ?? {}).map(
    ([key, value]) => [`${source.prefix ?? ''}${key}`, String(value)] as const,
  );
  return Object.fromEntries(named.filter(([name]) => VARIABLE_NAME.test(name)));
}

/** Undefined when it is optional and missing: the variable is then not set. */
function valueFrom(
  { valueFrom }: EnvVar,
  container: Container,
  facts: PodFacts,
  client: ApiClient,
): string | undefined {
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = valueFrom ?? {};
  if (fieldRef) return fieldValue(fieldRef, facts);
  if (resourceFieldRef)
    return resourceValue(resourceFieldRef, otherContainer(resourceFieldRef.containerName, container, facts), facts);
  if (configMapKeyRef) return keyValue('configmaps', configMapKeyRef, facts, client);
  if (secretKeyRef) return keyValue('secrets', secretKeyRef, facts, client);
  throw new Error('invalid valueFrom: it names no source');
}

function otherContainer(name: string | undefined, container: Container, { pod }: PodFacts): Container {
  return pod.spec?.containers.find((other) => other.name === name) ?? container;
}

function keyValue(
  kind: ConfigKind,
  reference: { name?: string; key: string; optional?: boolean },
  { pod }: PodFacts,
  client: ApiClient,
): string | undefined {
  const { name = '', key, optional = false } = reference;
  const namespace = pod.metadata.namespace ?? '';
  const data = readConfig(client, kind, namespace, name);
  if (!data && !optional) throw missingObject(kind, name);
  const value = data?.[key];
  if (!value && !optional) {
    throw new Error(`couldn't find key ${key} in ${kind === 'secrets' ? 'Secret' : 'ConfigMap'} ${namespace}/${name}`);
  }
  return value?.toString();
}
