/** Paths of the API's resources. */

const GROUPS: Record<string, readonly string[]> = {
  '/api/v1': [
    'configmaps',
    'endpoints',
    'events',
    'persistentvolumeclaims',
    'pods',
    'secrets',
    'serviceaccounts',
    'services',
  ],
  '/apis/apps/v1': ['controllerrevisions', 'daemonsets', 'deployments', 'replicasets', 'statefulsets'],
  '/apis/batch/v1': ['cronjobs', 'jobs'],
  '/apis/coordination.k8s.io/v1': ['leases'],
  '/apis/discovery.k8s.io/v1': ['endpointslices'],
  '/apis/networking.k8s.io/v1': ['ingresses', 'networkpolicies'],
  '/apis/policy/v1': ['poddisruptionbudgets'],
};

const CLUSTER_SCOPED: Record<string, string> = {
  namespaces: '/api/v1',
  nodes: '/api/v1',
  persistentvolumes: '/api/v1',
  ingressclasses: '/apis/networking.k8s.io/v1',
  storageclasses: '/apis/storage.k8s.io/v1',
};

/** Path of a resource, of one object of it (`name`), or of a subresource (`name/sub`). Throws for an unknown resource. */
export function pathOf(namespace: string, resource: string, name?: string): string {
  const suffix = name === undefined ? '' : `/${name}`;
  const scope = CLUSTER_SCOPED[resource];
  if (scope !== undefined) return `${scope}/${resource}${suffix}`;
  const root = Object.keys(GROUPS).find((key) => GROUPS[key]!.includes(resource));
  if (root === undefined) throw new Error(`no path is known for ${resource}`);
  return `${root}/namespaces/${namespace}/${resource}${suffix}`;
}
