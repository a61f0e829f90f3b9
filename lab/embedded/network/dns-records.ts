/**
 * What the cluster's DNS knows about a name, by the Kubernetes DNS specification 1.1 and, where that leaves it open, as
 * CoreDNS answers. https://github.com/kubernetes/dns/blob/master/docs/specification.md
 */
import type { Answer } from 'dns-packet';
import type { Service } from 'kubernetes-types/core/v1.js';
import type { EndpointSlice } from 'kubernetes-types/discovery/v1.js';
import type { ApiClient } from '../api/client.ts';
import type { Stored } from '../api/types.ts';
import { SERVICE_NAME_LABEL } from './control/endpoints.ts';

/** Seconds; CoreDNS' default for cluster names. */
export const TTL = 5;

/** All records of a name, of whatever type; undefined when there is no such name (NXDOMAIN). */
export type Records = Answer[] | undefined;

/** `name` is in lower case and within `domain`, both without a final dot. */
export function recordsOf(client: ApiClient, domain: string, name: string): Records {
  const labels = name === domain ? [] : name.slice(0, -domain.length - 1).split('.');
  const kind = labels.pop();
  const namespace = labels.pop();
  if (kind === undefined) return [];
  if (kind !== 'svc' && kind !== 'pod') return undefined;
  if (namespace === undefined) return [];
  if (!client.find('namespaces', undefined, namespace)) return undefined;
  if (labels.length === 0) return [];
  return kind === 'pod' ? podRecords(name, labels) : serviceRecords(new Zone(client, domain, namespace), name, labels);
}

/** `127-20-1-5.NAMESPACE.pod`: the address in the name, whether or not there is such a pod (`pods insecure`). */
function podRecords(name: string, [dashed = '', ...more]: string[]): Records {
  const isAddress = more.length === 0 && /^\d{1,3}(-\d{1,3}){3}$/.test(dashed);
  return isAddress ? [addressRecord(name, dashed.replaceAll('-', '.'))] : undefined;
}

/** `labels` is what stands before NAMESPACE.svc: `SERVICE`, `HOST.SERVICE` or `_PORT._PROTOCOL.SERVICE`. */
function serviceRecords(zone: Zone, name: string, labels: string[]): Records {
  const service = zone.service(labels.at(-1)!);
  if (!service || labels.length > 3) return undefined;
  const [first = '', second = ''] = labels;
  if (labels.length === 3) return zone.portRecords(service, name, first, second);
  if (labels.length === 1) return zone.ownRecords(service, name);
  // `_tcp.SERVICE` has names below it, so that it exists without records.
  if (first === '_tcp' || first === '_udp') return [];
  return someOf(
    zone
      .endpoints(service)
      .filter((endpoint) => endpoint.host === first)
      .map(({ address }) => addressRecord(name, address)),
  );
}

interface EndpointRecord {
  /** The pod's hostname if it has one for this Service (StatefulSets), else its address with dashes. */
  host: string;
  address: string;
  ports: { name: string; protocol: string; port: number }[];
}

/** The Services of one namespace. */
class Zone {
  readonly #client: ApiClient;
  readonly #suffix: string;
  readonly #namespace: string;

  constructor(client: ApiClient, domain: string, namespace: string) {
    this.#client = client;
    this.#namespace = namespace;
    this.#suffix = `${namespace}.svc.${domain}`;
  }

  service(name: string): Stored<Service> | undefined {
    return this.#client.find('services', this.#namespace, name);
  }

  ownRecords(service: Stored<Service>, name: string): Records {
    const { type, externalName, clusterIP } = service.spec ?? {};
    if (type === 'ExternalName') return [{ type: 'CNAME', name, ttl: TTL, data: externalName ?? '' }];
    if (clusterIP !== 'None') return clusterIP ? [addressRecord(name, clusterIP)] : [];
    return someOf(shuffled(this.endpoints(service)).map(({ address }) => addressRecord(name, address)));
  }

  /** SRV of a named port: of the Service itself, or of each endpoint of a headless one. */
  portRecords(service: Stored<Service>, name: string, port: string, protocol: string): Records {
    const target = `${service.metadata.name}.${this.#suffix}`;
    const matches = (candidate: { name?: string; protocol?: string }) =>
      `_${candidate.name}` === port && `_${(candidate.protocol ?? 'TCP').toLowerCase()}` === protocol;
    if (service.spec?.clusterIP !== 'None') {
      const found = (service.spec?.ports ?? []).filter(matches);
      return someOf(found.map((found) => portRecord(name, found.port, target)));
    }
    return someOf(
      this.endpoints(service).flatMap(({ host, ports }) =>
        ports.filter(matches).map((found) => portRecord(name, found.port, `${host}.${target}`)),
      ),
    );
  }

  /** The ready ones. */
  endpoints(service: Stored<Service>): EndpointRecord[] {
    const slices = this.#client.list('endpointslices', {
      namespace: this.#namespace,
      labelSelector: `${SERVICE_NAME_LABEL}=${service.metadata.name}`,
    });
    return slices.flatMap(endpointsIn);
  }
}

function endpointsIn(slice: Stored<EndpointSlice>): EndpointRecord[] {
  const ports = (slice.ports ?? []).map(({ name = '', protocol = 'TCP', port = 0 }) => ({ name, protocol, port }));
  return slice.endpoints
    .filter(({ conditions }) => conditions?.ready !== false)
    .flatMap(({ addresses, hostname }) =>
      addresses.map((address) => ({ host: hostname ?? address.replaceAll('.', '-'), address, ports })),
    );
}

function addressRecord(name: string, address: string): Answer {
  return { type: 'A', name, ttl: TTL, data: address };
}

function portRecord(name: string, port: number, target: string): Answer {
  return { type: 'SRV', name, ttl: TTL, data: { priority: 0, weight: 100, port, target } };
}

/** A headless Service without ready endpoints, or a port nobody has, does not exist for CoreDNS. */
function someOf(records: Answer[]): Records {
  return records.length > 0 ? records : undefined;
}

/** Fisher-Yates, so that clients that take the first address spread over all. */
function shuffled<T>(items: readonly T[]): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}
