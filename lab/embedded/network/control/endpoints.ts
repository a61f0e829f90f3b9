/** The endpoints of a Service's port, out of its EndpointSlices. */
import type { EndpointSlice } from 'kubernetes-types/discovery/v1.js';
import type { ServicePort } from 'kubernetes-types/core/v1.js';
import type { EndpointConfig } from '../data-plane/protocol.ts';
import type { SocketAddress } from '../network.ts';
import type { Stored } from '../../api/types.ts';

export const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';

export type Resolve = (address: string, port: number) => SocketAddress;
export type Slice = Stored<EndpointSlice>;

interface Candidate {
  config: EndpointConfig;
  nodeName: string | undefined;
  ready: boolean;
  /** Still answers although its pod is about to end. */
  lastResort: boolean;
}

/** Those to send traffic to, in the order of their addresses. */
export interface PortEndpoints {
  ready: EndpointConfig[];
  /** The ready ones; when there is none, those that are terminating but still serving, as kube-proxy does it. */
  usable: EndpointConfig[];
  /** The same, of one node only (traffic policy Local). */
  usableOn(nodeName: string): EndpointConfig[];
  /** Nodes with a usable endpoint, sorted. */
  nodes: string[];
}

/** `slices` are the Service's own; `resolve` tells where an endpoint really listens. */
export function endpointsOf(port: ServicePort, slices: readonly Slice[], resolve: Resolve): PortEndpoints {
  const candidates = slices
    .flatMap((slice) => candidatesOf(port, slice, resolve))
    .sort((a, b) => a.config.id.localeCompare(b.config.id, 'en', { numeric: true }));
  const usableOn = (nodeName: string) => usable(candidates.filter((candidate) => candidate.nodeName === nodeName));
  const names = candidates.flatMap(({ nodeName }) => (nodeName === undefined ? [] : [nodeName]));
  return {
    ready: candidates.filter(({ ready }) => ready).map(({ config }) => config),
    usable: usable(candidates),
    usableOn,
    nodes: [...new Set(names)].filter((name) => usableOn(name).length > 0).sort(),
  };
}

function usable(candidates: Candidate[]): EndpointConfig[] {
  const ready = candidates.filter((candidate) => candidate.ready);
  const chosen = ready.length > 0 ? ready : candidates.filter((candidate) => candidate.lastResort);
  return chosen.map(({ config }) => config);
}

function candidatesOf(servicePort: ServicePort, slice: Slice, resolve: Resolve): Candidate[] {
  const port = slice.ports?.find(
    ({ name, protocol }) => (name ?? '') === (servicePort.name ?? '') && (protocol ?? 'TCP') === 'TCP',
  )?.port;
  if (port === undefined) return [];
  return slice.endpoints.flatMap(({ addresses, conditions = {}, nodeName }) => {
    const ready = conditions.ready !== false;
    const lastResort = conditions.terminating === true && (conditions.serving ?? ready);
    return addresses.map((address) => ({
      config: { id: `${address}:${port}`, ...resolve(address, port) },
      nodeName,
      ready,
      lastResort,
    }));
  });
}
