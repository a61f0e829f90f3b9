/** Writes into the API where an Ingress can be reached. */
import type { Ingress, IngressLoadBalancerIngress } from 'kubernetes-types/networking/v1.js';
import type { ApiClient } from '../../api/client.ts';
import type { Stored } from '../../api/types.ts';
import type { Binding } from '../data-plane/protocol.ts';

/** `place` is where the ingress listens; undefined or an error as long as it does not. */
export function publishIngress(client: ApiClient, ingress: Stored<Ingress>, place: Binding | undefined): void {
  const points: IngressLoadBalancerIngress[] =
    place && !('error' in place) ? [{ ip: place.host, ports: [{ port: place.port, protocol: 'TCP' }] }] : [];
  const current = ingress.status?.loadBalancer?.ingress ?? [];
  if (JSON.stringify(current) === JSON.stringify(points)) return;
  const loadBalancer = points.length > 0 ? { ingress: points } : {};
  client.update('ingresses', { ...ingress, status: { loadBalancer } }, { subresource: 'status' });
}
