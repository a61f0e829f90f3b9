/** Writes into the API what became of a Service's addresses. */
import type { LoadBalancerIngress, Service } from 'kubernetes-types/core/v1.js';
import type { ApiClient } from '../../api/client.ts';
import type { Stored } from '../../api/types.ts';
import type { Binding, ListenerConfig } from '../data-plane/protocol.ts';
import type { Note } from './announcer.ts';
import { isIngressController } from './ingress-controller.ts';
import type { Assignment } from './load-balancer-addresses.ts';
import { proxiedPorts } from './service-listeners.ts';

export type Bindings = Readonly<Record<string, Binding>>;

/** Puts the address into status.loadBalancer once every port of it is bound; takes it out when it is not. */
export function publishLoadBalancer(
  client: ApiClient,
  service: Stored<Service>,
  address: string | undefined,
  bindings: Bindings,
): void {
  const ingress = address === undefined ? [] : boundIngress(service, address, bindings);
  const current = service.status?.loadBalancer?.ingress ?? [];
  if (JSON.stringify(current) === JSON.stringify(ingress)) return;
  const loadBalancer = ingress.length > 0 ? { ingress } : {};
  client.update('services', { ...service, status: { ...service.status, loadBalancer } }, { subresource: 'status' });
}

function boundIngress(service: Stored<Service>, address: string, bindings: Bindings): LoadBalancerIngress[] {
  const places = proxiedPorts(service).map(({ port }) => bindings[`${address}:${port}`]);
  const [first] = places;
  if (!first || places.some((place) => !place || 'error' in place) || 'error' in first) return [];
  if (!isIngressController(service)) return [{ ip: first.host, ipMode: 'VIP' }];
  return [{ ip: first.host, ports: [{ port: first.port, protocol: 'TCP' }], ipMode: 'VIP' }];
}

/** What the user should know about the Service's addresses. */
export function serviceNotes(
  service: Stored<Service>,
  assignment: Assignment | undefined,
  listeners: readonly ListenerConfig[],
  bindings: Bindings,
): Note[] {
  const moved = listeners.flatMap(({ id }) => movedNote(id, bindings[id]));
  return [...(assignment?.note ? [assignment.note] : []), ...moved, ...unsupportedIn(service)];
}

function movedNote(id: string, place: Binding | undefined): Note[] {
  if (!place) return [];
  if ('error' in place) {
    const message = `cannot listen on ${id}: ${explain(place.error)}`;
    return [{ type: 'Warning', reason: 'BindFailed', message }];
  }
  const real = `${place.host}:${place.port}`;
  if (real === id) return [];
  return [
    { type: 'Normal', reason: 'AddressTranslated', message: `${id} cannot be bound on this machine: it is at ${real}` },
  ];
}

function explain(code: string): string {
  const known: Record<string, string> = {
    EADDRINUSE: 'another program listens on this port',
    EACCES: 'the port needs privileges',
    EADDRNOTAVAIL: 'this machine has no such address',
  };
  return known[code] ? `${known[code]} (${code})` : code;
}

function unsupportedIn({ spec }: Stored<Service>): Note[] {
  const wishes = [
    ...(spec?.ports ?? [])
      .filter(({ protocol = 'TCP' }) => protocol !== 'TCP')
      .map(({ port, protocol }) => `port ${port}/${protocol}: only TCP is proxied`),
    ...(spec?.internalTrafficPolicy === 'Local' ? ['internalTrafficPolicy Local: treated as Cluster'] : []),
    ...((spec?.externalIPs ?? []).length > 0 ? ['externalIPs: not bound'] : []),
  ];
  return wishes.map((message) => ({ type: 'Warning', reason: 'NotSupported', message }));
}
