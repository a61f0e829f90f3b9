import t from 'tap';
import { deploymentNamed, newApi, podNamed } from '../test-support.ts';

void t.test('pods', async (t) => {
  const { spec } = newApi().create(
    'pods',
    podNamed(
      'a',
      {},
      {
        containers: [
          {
            name: 'main',
            image: 'registry.test:5000/app',
            ports: [{ containerPort: 80 }],
            env: [{ name: 'N', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
            resources: { limits: { cpu: '0.5', memory: '1024Mi' }, requests: { cpu: '0.1' } },
            readinessProbe: { httpGet: { port: 80 } },
          },
        ],
        volumes: [{ name: 'v' }, { name: 'c', configMap: { name: 'x' } }],
      },
    ),
  );
  t.match(spec, {
    restartPolicy: 'Always',
    dnsPolicy: 'ClusterFirst',
    schedulerName: 'default-scheduler',
    terminationGracePeriodSeconds: 30,
    securityContext: {},
    enableServiceLinks: true,
    serviceAccountName: 'default',
    priority: 0,
    preemptionPolicy: 'PreemptLowerPriority',
    volumes: [
      { name: 'v', emptyDir: {} },
      { name: 'c', configMap: { defaultMode: 420 } },
    ],
  });
  t.match(spec?.containers[0], {
    imagePullPolicy: 'Always',
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    ports: [{ protocol: 'TCP' }],
    env: [{ valueFrom: { fieldRef: { apiVersion: 'v1' } } }],
    resources: { limits: { cpu: '500m', memory: '1Gi' }, requests: { cpu: '100m', memory: '1Gi' } },
    readinessProbe: {
      httpGet: { path: '/', scheme: 'HTTP' },
      timeoutSeconds: 1,
      periodSeconds: 10,
      successThreshold: 1,
      failureThreshold: 3,
    },
  });
});

void t.test('image pull policies follow the tag', async (t) => {
  const api = newApi();
  const policies: [string, string][] = [
    ['a', 'Always'],
    ['a:latest', 'Always'],
    ['a:1', 'IfNotPresent'],
    ['host:5000/a', 'Always'],
    ['a@sha256:0', 'IfNotPresent'],
  ];
  for (const [index, [image, policy]] of policies.entries()) {
    const pod = api.create('pods', podNamed(`p${index}`, {}, { containers: [{ name: 'a', image }] }));
    t.equal(pod.spec?.containers[0]?.imagePullPolicy, policy, image);
  }
});

void t.test('workloads', async (t) => {
  const api = newApi();
  t.match(api.create('deployments', deploymentNamed('a')).spec, {
    replicas: 1,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
  });
  t.notOk(api.get('deployments', 'default', 'a').spec?.template.spec?.enableServiceLinks, 'only of pods');
  const claim = {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  };
  const set = { ...deploymentNamed('a').spec!, serviceName: 'a', volumeClaimTemplates: [claim] };
  t.match(api.create('statefulsets', { metadata: { name: 'a', namespace: 'default' }, spec: set }), {
    spec: {
      podManagementPolicy: 'OrderedReady',
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      volumeClaimTemplates: [{ kind: 'PersistentVolumeClaim', spec: { volumeMode: 'Filesystem' } }],
    },
    status: { replicas: 0, availableReplicas: 0 },
  });
  const job = api.create('jobs', {
    metadata: { name: 'a', namespace: 'default' },
    spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'x' }] } } },
  });
  t.match(job.spec, { parallelism: 1, completions: 1, backoffLimit: 6, completionMode: 'NonIndexed', suspend: false });
  t.equal(job.spec?.template.metadata?.labels?.['batch.kubernetes.io/controller-uid'], job.metadata.uid);
});

void t.test('other kinds', async (t) => {
  const api = newApi();
  const metadata = { name: 'a', namespace: 'default' };
  t.match(api.get('namespaces', undefined, 'default'), {
    metadata: { labels: { 'kubernetes.io/metadata.name': 'default' } },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  });
  t.match(api.create('secrets', { metadata, stringData: { a: 'b' } }), {
    type: 'Opaque',
    data: { a: 'Yg==' },
    stringData: undefined,
  });
  t.match(api.create('endpointslices', { metadata, addressType: 'IPv4', endpoints: [], ports: [{ port: 80 }] }), {
    ports: [{ name: '', protocol: 'TCP', port: 80 }],
  });
  t.match(
    api.create('networkpolicies', { metadata, spec: { podSelector: {}, ingress: [{ ports: [{ port: 80 }] }] } }).spec,
    {
      policyTypes: ['Ingress'],
      ingress: [{ ports: [{ protocol: 'TCP' }] }],
    },
  );
  t.match(api.create('nodes', { metadata: { name: 'w1' }, status: { capacity: { cpu: '1' } } }), {
    spec: { taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }] },
    status: { allocatable: { cpu: '1' } },
  });
});
