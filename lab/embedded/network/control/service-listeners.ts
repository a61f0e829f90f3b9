/** What the data plane has to do for one Service, as kube-proxy and MetalLB would do it. */
import type { Service, ServicePort } from 'kubernetes-types/core/v1.js';
import type { Stored } from '../../api/types.ts';
import type { BackendConfig, DataPlaneConfig, EndpointConfig, ListenerConfig } from '../data-plane/protocol.ts';
import type { SocketAddress } from '../network.ts';
import { endpointsOf, type PortEndpoints, type Resolve, type Slice } from './endpoints.ts';

export interface NodeAddress {
  name: string;
  address: string;
}

export interface ServiceSurroundings {
  nodes: readonly NodeAddress[];
  slices: readonly Slice[];
  resolve: Resolve;
  /** Its LoadBalancer address, if it has been given one. */
  loadBalancerIP: string | undefined;
}

export type ServiceListeners = Pick<DataPlaneConfig, 'listeners' | 'backends'>;

/** kube-proxy's default for service.spec.sessionAffinityConfig.clientIP.timeoutSeconds. */
const AFFINITY_SECONDS = 10_800;

/** The only address of platforms that have no more of 127.0.0.0/8. */
const ONLY_ADDRESS = '127.0.0.1';

/** `namespace/name:port`, with the port's name if it has one. */
function backendKey(service: Stored<Service>, port: ServicePort): string {
  return `${service.metadata.namespace}/${service.metadata.name}:${port.name ?? port.port}`;
}

/** TCP ports; empty for a headless or external Service, which nobody proxies. */
export function proxiedPorts(service: Stored<Service>): ServicePort[] {
  const { clusterIP, type, ports = [] } = service.spec ?? {};
  if (!clusterIP || clusterIP === 'None' || type === 'ExternalName') return [];
  return ports.filter(({ protocol }) => (protocol ?? 'TCP') === 'TCP');
}

export function serviceListeners(service: Stored<Service>, around: ServiceSurroundings): ServiceListeners {
  const result: ServiceListeners = { listeners: [], backends: {} };
  for (const port of proxiedPorts(service)) addPort(result, service, port, around);
  return result;
}

function addPort(result: ServiceListeners, service: Stored<Service>, port: ServicePort, around: ServiceSurroundings) {
  const key = backendKey(service, port);
  const endpoints = endpointsOf(port, around.slices, around.resolve);
  const listen = (address: string, number: number, backend: string, candidates: SocketAddress[]) => {
    result.listeners.push({ id: `${address}:${number}`, candidates, serves: { backend } } satisfies ListenerConfig);
  };
  result.backends[key] = backend(service, endpoints.usable);
  const { clusterIP = '' } = service.spec ?? {};
  listen(clusterIP, port.port, key, movable(clusterIP, port.port));
  if (port.nodePort) {
    for (const { name, address } of around.nodes) {
      const onNode = externalBackend(result, service, key, endpoints, name);
      listen(address, port.nodePort, onNode, movable(address, port.nodePort));
    }
  }
  if (around.loadBalancerIP !== undefined) {
    const speaker = externalBackend(result, service, key, endpoints, endpoints.nodes[0]);
    listen(around.loadBalancerIP, port.port, speaker, fixed(around.loadBalancerIP, port.port));
  }
}

/**
 * Key of the backend for traffic from outside that arrives on `nodeName`: the whole Service, or only the node's own
 * endpoints if externalTrafficPolicy is Local. With it MetalLB announces a LoadBalancer address from one node that has endpoints.
 */
function externalBackend(
  result: ServiceListeners,
  service: Stored<Service>,
  key: string,
  endpoints: PortEndpoints,
  nodeName: string | undefined,
): string {
  if (service.spec?.externalTrafficPolicy !== 'Local') return key;
  const local = `${key}@${nodeName ?? ''}`;
  result.backends[local] ??= backend(service, nodeName === undefined ? [] : endpoints.usableOn(nodeName));
  return local;
}

function backend({ spec }: Stored<Service>, endpoints: EndpointConfig[]): BackendConfig {
  if (spec?.sessionAffinity !== 'ClientIP') return { endpoints };
  return { endpoints, affinitySeconds: spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? AFFINITY_SECONDS };
}

/** Those inside find it wherever it is, by the translations. */
function movable(host: string, port: number): SocketAddress[] {
  return [
    { host, port },
    { host, port: 0 },
    { host: ONLY_ADDRESS, port: 0 },
  ];
}

/** Those outside are told an address and know the port: where there is no such address, only the port can be kept. */
function fixed(host: string, port: number): SocketAddress[] {
  return [
    { host, port },
    { host: ONLY_ADDRESS, port },
  ];
}
