/** From the state of the cluster to what the data plane has to do: pure. */
import type { Service } from 'kubernetes-types/core/v1.js';
import type { Stored } from '../../api/types.ts';
import type { DataPlaneConfig, ListenerConfig } from '../data-plane/protocol.ts';
import type { ClusterView } from './cluster-view.ts';
import { endpointsOf, type Resolve } from './endpoints.ts';
import { INGRESS_PORT, isIngressController } from './ingress-controller.ts';
import { ingressKey, routesOf } from './ingress-routes.ts';
import { serviceListeners } from './service-listeners.ts';

/** `addressOf` gives the LoadBalancer address of a Service, if it has one. */
export function desiredConfig(
  view: ClusterView,
  addressOf: (service: Stored<Service>) => string | undefined,
  resolve: Resolve,
): DataPlaneConfig {
  const config: DataPlaneConfig = { listeners: [], backends: {}, routes: [] };
  for (const service of view.services) {
    const isIngress = isIngressController(service);
    const loadBalancerIP = addressOf(service);
    const around = { nodes: view.nodes, slices: view.slicesOf(service), resolve };
    const own = serviceListeners(service, { ...around, loadBalancerIP: isIngress ? undefined : loadBalancerIP });
    config.listeners.push(...own.listeners);
    Object.assign(config.backends, own.backends);
    if (isIngress && loadBalancerIP !== undefined) config.listeners.push(ingressListener(loadBalancerIP));
  }
  addRoutes(config, view, resolve);
  return config;
}

/** Port 80 needs privileges on most machines; 8080 is what people try next. */
function ingressListener(address: string): ListenerConfig {
  const places = [address, '127.0.0.1'];
  return {
    id: `${address}:${INGRESS_PORT}`,
    candidates: places.flatMap((host) => [INGRESS_PORT, 8080, 0].map((port) => ({ host, port }))),
    serves: 'ingress',
  };
}

function addRoutes(config: DataPlaneConfig, view: ClusterView, resolve: Resolve): void {
  for (const ingress of view.ingresses) {
    config.routes.push(...routesOf(ingress, view.findService));
    for (const service of servicesBehind(ingress, view)) {
      for (const port of service.spec?.ports ?? []) {
        const key = ingressKey(service.metadata.namespace ?? '', service.metadata.name, port.port);
        config.backends[key] ??= { endpoints: endpointsOf(port, view.slicesOf(service), resolve).ready };
      }
    }
  }
}

function servicesBehind({ metadata, spec }: ClusterView['ingresses'][number], view: ClusterView): Stored<Service>[] {
  const rules = (spec?.rules ?? []).flatMap(({ http }) => (http?.paths ?? []).map(({ backend }) => backend));
  const backends = spec?.defaultBackend ? [...rules, spec.defaultBackend] : rules;
  const names = new Set(backends.flatMap(({ service }) => (service ? [service.name] : [])));
  return [...names].flatMap((name) => view.findService(metadata.namespace ?? 'default', name) ?? []);
}
