import t from 'tap';
import { failureOf, newApi } from '../test-support.ts';
import type { Plural } from '../types.ts';

/** What the API says of an object of this kind, without the words that all such messages begin with. */
function problemsOf(plural: Plural, object: object): string {
  const input = { metadata: { name: 'x', namespace: 'default' }, ...object };
  return failureOf(() => newApi().create(plural, input)).message.replace(/^[\w.]+ "x" is invalid: /, '');
}

const path = (backend: object, more: object = {}): object => ({
  spec: { rules: [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend, ...more }] } }] },
});

void t.test('the rules of the other kinds', async (t) => {
  const cases: [Plural, object, string][] = [
    ['services', { spec: {} }, 'spec.ports: Required value'],
    [
      'services',
      { spec: { ports: [{ port: 80 }], type: 'NodePort', clusterIP: 'None' } },
      `spec.clusterIPs[0]: Invalid value: "None": may not be set to 'None' for NodePort services`,
    ],
    [
      'services',
      { spec: { ports: [{ port: 80, nodePort: 30000 }] } },
      "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
    ],
    ['services', { spec: { ports: [{ port: 80 }, { port: 81, name: 'a' }] } }, 'spec.ports[0].name: Required value'],
    ['services', { spec: { type: 'ExternalName' } }, 'spec.externalName: Required value'],
    ['ingresses', { spec: {} }, 'spec: Invalid value: []: either `defaultBackend` or `rules` must be specified'],
    [
      'ingresses',
      path({ service: { name: 'a', port: { number: 80 } } }, { pathType: undefined }),
      'spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified',
    ],
    [
      'ingresses',
      path({ service: { name: 'a' } }),
      'spec.rules[0].http.paths[0].backend: Required value: port name or number is required',
    ],
    [
      'ingresses',
      path({ service: { name: 'a', port: { number: 80 } } }, { path: 'x' }),
      'spec.rules[0].http.paths[0].path: Invalid value: "x": must be an absolute path',
    ],
    [
      'persistentvolumeclaims',
      { spec: {} },
      '[spec.accessModes: Required value: at least 1 access mode is required, spec.resources[storage]: Required value]',
    ],
    [
      'persistentvolumes',
      { spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1' }, local: { path: '/x' } } },
      'spec.nodeAffinity: Required value: Local volume requires node affinity',
    ],
    ['storageclasses', {}, 'provisioner: Required value'],
    [
      'poddisruptionbudgets',
      { spec: { minAvailable: 'x' } },
      `spec.minAvailable: Invalid value: "x": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')`,
    ],
    ['endpointslices', { addressType: 'IPv4', endpoints: [{}] }, 'endpoints[0].addresses: Required value'],
    [
      'leases',
      { spec: { leaseDurationSeconds: -1 } },
      'spec.leaseDurationSeconds: Invalid value: -1: must be greater than 0',
    ],
    ['secrets', { type: 'kubernetes.io/tls', data: { 'tls.key': '' } }, 'data[tls.crt]: Required value'],
    [
      'events',
      { involvedObject: { namespace: 'other' } },
      'involvedObject.namespace: Invalid value: "other": does not match event.namespace',
    ],
    [
      'networkpolicies',
      { spec: { ingress: [{ from: [{}] }] } },
      'spec.ingress[0].from[0]: Required value: must specify a peer',
    ],
    ['nodes', { spec: { taints: [{ key: 'a' }] } }, 'metadata.taints[0].effect: Required value'],
  ];
  for (const [plural, object, problem] of cases) t.equal(problemsOf(plural, object), problem, plural);
});

void t.test('a claim is fixed, except for what binding fills in', async (t) => {
  const api = newApi();
  const claim = api.create('persistentvolumeclaims', {
    metadata: { name: 'x', namespace: 'default' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  });
  const withSpec = (spec: object) => ({ ...claim, spec: { ...claim.spec!, ...spec } });
  t.match(
    failureOf(() => api.update('persistentvolumeclaims', withSpec({ accessModes: ['ReadWriteMany'] }))).message,
    /spec: Forbidden: spec is immutable after creation/,
  );
  t.equal(api.update('persistentvolumeclaims', withSpec({ volumeName: 'v' })).spec?.volumeName, 'v');
  const body = { spec: { resources: { requests: { storage: '2Gi' } } } };
  t.match(
    failureOf(() => api.patch('persistentvolumeclaims', 'default', 'x', { type: 'merge', body })),
    {
      code: 403,
      message: /only dynamically provisioned pvc can be resized/,
    },
  );
});
