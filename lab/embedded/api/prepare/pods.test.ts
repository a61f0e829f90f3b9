import t from 'tap';
import { deploymentNamed, failureOf, newApi, podNamed } from '../test-support.ts';

void t.test('pods tolerate failing nodes for the time that the cluster is set to', async (t) => {
  const api = newApi({ defaultTolerationSeconds: 7 });
  const own = { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 1 };
  t.same(api.create('pods', podNamed('a', {}, { tolerations: [own] })).spec?.tolerations, [
    own,
    { ...own, key: 'node.kubernetes.io/unreachable', tolerationSeconds: 7 },
  ]);
});

void t.test('quality of service', async (t) => {
  const api = newApi();
  const cases: [string, object, string][] = [
    ['a', {}, 'BestEffort'],
    ['b', { requests: { cpu: '1' } }, 'Burstable'],
    ['c', { limits: { cpu: '1', memory: '1Gi' } }, 'Guaranteed'],
  ];
  for (const [name, resources, expected] of cases) {
    const pod = api.create('pods', podNamed(name, {}, { containers: [{ name: 'a', image: 'x', resources }] }));
    t.match(pod.status, { phase: 'Pending', qosClass: expected });
  }
});

void t.test('a service account other than the default one must exist', async (t) => {
  t.equal(
    failureOf(() => newApi().create('pods', podNamed('a', {}, { serviceAccountName: 'ops' }))).message,
    'pods "a" is forbidden: error looking up service account default/ops: serviceaccount "ops" not found',
  );
});

const RESTRICTED =
  'allowPrivilegeEscalation != false (container "main" must set securityContext.allowPrivilegeEscalation=false), ' +
  'unrestricted capabilities (container "main" must set securityContext.capabilities.drop=["ALL"]), ' +
  'runAsNonRoot != true (pod or container "main" must set securityContext.runAsNonRoot=true), ' +
  'seccompProfile (pod or container "main" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")';

void t.test('pod security', async (t) => {
  const api = newApi();
  const body = {
    metadata: {
      labels: { 'pod-security.kubernetes.io/enforce': 'restricted', 'pod-security.kubernetes.io/warn': 'restricted' },
    },
  };
  api.patch('namespaces', undefined, 'default', { type: 'merge', body });
  t.match(
    failureOf(() => api.create('pods', podNamed('a'))),
    {
      code: 403,
      message: `pods "a" is forbidden: violates PodSecurity "restricted:latest": ${RESTRICTED}`,
    },
  );
  const warnings: string[] = [];
  api.create('deployments', deploymentNamed('a'), { warn: (message) => warnings.push(message) });
  t.same(warnings, [`would violate PodSecurity "restricted:latest": ${RESTRICTED}`]);
  const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
  const safe = podNamed(
    'a',
    {},
    {
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [{ name: 'main', image: 'x', securityContext }],
    },
  );
  t.equal(api.create('pods', safe).metadata.name, 'a');
  const host = podNamed(
    'b',
    {},
    {
      ...safe.spec,
      hostNetwork: true,
      volumes: [{ name: 'h', hostPath: { path: '/x' } }],
      containers: [{ name: 'main', image: 'x', securityContext, ports: [{ containerPort: 80 }] }],
    },
  );
  t.equal(
    failureOf(() => api.create('pods', host)).message,
    'pods "b" is forbidden: violates PodSecurity "restricted:latest": host namespaces (hostNetwork=true), hostPort (container "main" uses hostPort 80), restricted volume types (volume "h" uses restricted volume type "hostPath")',
  );
});

void t.test('claims get the default storage class', async (t) => {
  const api = newApi();
  api.create('storageclasses', {
    metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner: 'example.com/disk',
  });
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
  const claim = api.create('persistentvolumeclaims', { metadata: { name: 'a', namespace: 'default' }, spec });
  t.match(claim, {
    metadata: { finalizers: ['kubernetes.io/pvc-protection'] },
    spec: { storageClassName: 'standard', volumeMode: 'Filesystem' },
    status: { phase: 'Pending' },
  });
  const none = { metadata: { name: 'b', namespace: 'default' }, spec: { ...spec, storageClassName: '' } };
  t.equal(api.create('persistentvolumeclaims', none).spec?.storageClassName, '');
});
