/** From a Service and a pod to an endpoint and its ports: pure. */
import type { ContainerPort, Service, ServicePort } from 'kubernetes-types/core/v1.js';
import type { Endpoint, EndpointPort } from 'kubernetes-types/discovery/v1.js';
import type { Stored } from '../../api/types.ts';
import { isFinished, isReady, isTerminating } from '../shared/pods.ts';
import type { StoredPod } from '../shared/pods.ts';

export type StoredService = Stored<Service>;

/** Endpoints that answer on the same port numbers: they can share slices. */
export interface PortGroup {
  ports: EndpointPort[];
  endpoints: Endpoint[];
}

/**
 * Groups the Service's endpoints by their ports: a named targetPort may be another number in each pod. Pods that are on
 * their way out are still listed, as not ready, for as long as they have an address.
 */
export function portGroups(
  service: StoredService,
  pods: StoredPod[],
  zoneOf: (nodeName: string) => string | undefined,
) {
  const groups = new Map<string, PortGroup>();
  for (const pod of pods) {
    if (!pod.status?.podIP || isFinished(pod)) continue;
    const ports = portsOf(service, pod);
    const key = JSON.stringify(ports);
    const group = groups.get(key) ?? { ports, endpoints: [] };
    group.endpoints.push(endpointOf(service, pod, zoneOf));
    groups.set(key, group);
  }
  return [...groups.values()];
}

export function isHeadless(service: StoredService): boolean {
  return service.spec?.clusterIP === 'None';
}

function endpointOf(
  service: StoredService,
  pod: StoredPod,
  zoneOf: (nodeName: string) => string | undefined,
): Endpoint {
  const { nodeName, hostname, subdomain } = pod.spec!;
  const { namespace, name, uid } = pod.metadata;
  const zone = nodeName ? zoneOf(nodeName) : undefined;
  const serving = isReady(pod);
  const terminating = isTerminating(pod);
  const ready = service.spec!.publishNotReadyAddresses === true || (serving && !terminating);
  // A headless Service of the same name as the pod's subdomain gives the pod its own name in DNS.
  const named = hostname !== undefined && subdomain === service.metadata.name;
  return {
    addresses: [pod.status!.podIP!],
    conditions: { ready, serving, terminating },
    targetRef: { kind: 'Pod', namespace: namespace!, name, uid },
    ...(nodeName !== undefined && { nodeName }),
    ...(zone !== undefined && { zone }),
    ...(named && { hostname }),
  };
}

/** Ports of the Service that the pod has. One with a name that no container gives is left out, as in Kubernetes. */
function portsOf(service: StoredService, pod: StoredPod): EndpointPort[] {
  return (service.spec!.ports ?? []).flatMap((port) => {
    const number = targetPort(port, pod);
    if (number === undefined) return [];
    const { name = '', protocol = 'TCP', appProtocol } = port;
    return [{ name, protocol, port: number, ...(appProtocol !== undefined && { appProtocol }) }];
  });
}

function targetPort({ targetPort, port, protocol = 'TCP' }: ServicePort, pod: StoredPod): number | undefined {
  if (targetPort === undefined) return port;
  if (typeof targetPort === 'number') return targetPort;
  const sidecars = (pod.spec!.initContainers ?? []).filter((container) => container.restartPolicy === 'Always');
  const declared: ContainerPort[] = [...pod.spec!.containers, ...sidecars].flatMap(({ ports }) => ports ?? []);
  const match = declared.find((entry) => entry.name === targetPort && (entry.protocol ?? 'TCP') === protocol);
  return match?.containerPort;
}
