/** Stored objects for tests of pure functions. */
import type { Service, ServiceSpec } from 'kubernetes-types/core/v1.js';
import type { Endpoint, EndpointPort, EndpointSlice } from 'kubernetes-types/discovery/v1.js';
import type { Ingress, IngressSpec } from 'kubernetes-types/networking/v1.js';
import type { Stored } from '../../api/types.ts';

type StoredMeta = Stored<Service>['metadata'];

export function metaOf(name: string, more: Partial<StoredMeta> = {}): StoredMeta {
  const creationTimestamp = '2026-01-01T00:00:00Z';
  return { name, namespace: 'shop', uid: `uid of ${name}`, resourceVersion: '1', creationTimestamp, ...more };
}

export function serviceOf(name: string, spec: ServiceSpec, more: Partial<StoredMeta> = {}): Stored<Service> {
  return { apiVersion: 'v1', kind: 'Service', metadata: metaOf(name, more), spec };
}

export function sliceOf(service: string, ports: EndpointPort[], endpoints: Endpoint[]): Stored<EndpointSlice> {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: metaOf(`${service}-1`),
    addressType: 'IPv4',
    ports,
    endpoints,
  };
}

export function ingressOf(name: string, spec: IngressSpec, more: Partial<StoredMeta> = {}): Stored<Ingress> {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: metaOf(name, more), spec };
}
