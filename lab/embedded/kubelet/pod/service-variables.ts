/** Environment variables that name the Services a pod can use, as Docker links did. */
import type { Service } from 'kubernetes-types/core/v1.js';
import type { ApiClient } from '../../api/client.ts';
import type { Stored } from '../../api/types.ts';

/** With enableServiceLinks false, of the API's own Service alone. */
export function serviceVariables(
  client: ApiClient,
  namespace: string,
  enableServiceLinks: boolean,
): Record<string, string> {
  const api = client.find('services', 'default', 'kubernetes');
  const services = enableServiceLinks ? client.list('services', { namespace }) : [];
  return Object.assign({}, ...[...(api ? [api] : []), ...services].map(variablesOf)) as Record<string, string>;
}

function variablesOf({ metadata, spec }: Stored<Service>): Record<string, string> {
  const address = spec?.clusterIP;
  const [first, ...others] = spec?.ports ?? [];
  if (!address || address === 'None' || !first) return {};
  const prefix = variableName(metadata.name);
  const variables: Record<string, string> = {
    [`${prefix}_SERVICE_HOST`]: address,
    [`${prefix}_SERVICE_PORT`]: String(first.port),
    [`${prefix}_PORT`]: `${(first.protocol ?? 'TCP').toLowerCase()}://${address}:${first.port}`,
  };
  for (const { name, port, protocol = 'TCP' } of [first, ...others]) {
    if (name) variables[`${prefix}_SERVICE_PORT_${variableName(name)}`] = String(port);
    const link = `${prefix}_PORT_${port}_${protocol}`;
    variables[link] = `${protocol.toLowerCase()}://${address}:${port}`;
    variables[`${link}_PROTO`] = protocol.toLowerCase();
    variables[`${link}_PORT`] = String(port);
    variables[`${link}_ADDR`] = address;
  }
  return variables;
}

function variableName(name: string): string {
  return name.toUpperCase().replaceAll('-', '_');
}
