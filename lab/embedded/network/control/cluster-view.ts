/** What the control side needs to know about the cluster, read from the API in one go. */
import type { Node, Service } from 'kubernetes-types/core/v1.js';
import type { Ingress } from 'kubernetes-types/networking/v1.js';
import type { ApiClient } from '../../api/client.ts';
import type { Stored } from '../../api/types.ts';
import { SERVICE_NAME_LABEL, type Slice } from './endpoints.ts';
import { ingressesOfClass, type FindService } from './ingress-routes.ts';
import type { NodeAddress } from './service-listeners.ts';

export interface ClusterView {
  services: Stored<Service>[];
  findService: FindService;
  slicesOf(service: Stored<Service>): Slice[];
  nodes: NodeAddress[];
  /** Of the class that is served, the oldest first. */
  ingresses: Stored<Ingress>[];
}

export function viewCluster(client: ApiClient, ingressClass: string): ClusterView {
  const slices = Map.groupBy(
    client.list('endpointslices'),
    ({ metadata }) => `${metadata.namespace}/${metadata.labels?.[SERVICE_NAME_LABEL]}`,
  );
  return {
    services: client.list('services'),
    findService: (namespace, name) => client.find('services', namespace, name),
    slicesOf: ({ metadata }) => slices.get(`${metadata.namespace}/${metadata.name}`) ?? [],
    nodes: client.list('nodes').flatMap(addressOf),
    ingresses: ingressesOfClass(client.list('ingresses'), client.list('ingressclasses'), ingressClass),
  };
}

function addressOf({ metadata, status }: Stored<Node>): NodeAddress[] {
  const address = status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
  return address === undefined ? [] : [{ name: metadata.name, address }];
}
