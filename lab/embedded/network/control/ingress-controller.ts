/** The objects that an installation of ingress-nginx leaves in a cluster, so that ours looks like one to kubectl. */
import type { ApiClient } from '../../api/client.ts';
import type { Stored } from '../../api/types.ts';
import type { Service } from 'kubernetes-types/core/v1.js';
import { SERVICE_NAME_LABEL } from './endpoints.ts';

const NAMESPACE = 'ingress-nginx';
const NAME = 'ingress-nginx-controller';
const LABELS = {
  'app.kubernetes.io/name': 'ingress-nginx',
  'app.kubernetes.io/instance': 'ingress-nginx',
  'app.kubernetes.io/component': 'controller',
};
export const INGRESS_SERVICE = `${NAMESPACE}/${NAME}`;
export const INGRESS_PORT = 80;

export function isIngressController({ metadata }: Stored<Service>): boolean {
  return metadata.namespace === NAMESPACE && metadata.name === NAME;
}

/**
 * Namespace, Service and IngressClass. `address` is the ingress' own: the EndpointSlice that names it makes the Service's
 * ClusterIP and nodePorts lead there too.
 */
export function createIngressController(client: ApiClient, ingressClass: string, address: string): void {
  if (!client.find('namespaces', undefined, NAMESPACE)) {
    client.create('namespaces', { metadata: { name: NAMESPACE, labels: LABELS } });
  }
  if (!client.find('ingressclasses', undefined, ingressClass)) {
    client.create('ingressclasses', {
      metadata: { name: ingressClass, labels: LABELS },
      spec: { controller: 'k8s.io/ingress-nginx' },
    });
  }
  if (!client.find('services', NAMESPACE, NAME)) client.create('services', service());
  if (!client.find('endpointslices', NAMESPACE, NAME)) {
    client.create('endpointslices', {
      metadata: { namespace: NAMESPACE, name: NAME, labels: { ...LABELS, [SERVICE_NAME_LABEL]: NAME } },
      addressType: 'IPv4',
      ports: [{ name: 'http', port: INGRESS_PORT, protocol: 'TCP' }],
      endpoints: [{ addresses: [address], conditions: { ready: true, serving: true, terminating: false } }],
    });
  }
}

/** Without a selector: there is no pod behind it. */
function service(): Service {
  return {
    metadata: { namespace: NAMESPACE, name: NAME, labels: LABELS },
    spec: {
      type: 'LoadBalancer',
      ports: [{ name: 'http', port: INGRESS_PORT, protocol: 'TCP', appProtocol: 'http', targetPort: 'http' }],
    },
  };
}
