/** What the API server fills in, for every kind that the lab's manifests use. */
import { group } from '../case.ts';
import {
  claim,
  configMap,
  deployment,
  disruptionBudget,
  idlePod,
  ingress,
  job,
  replicaSet,
  service,
  statefulSet,
} from '../objects.ts';

const withProbes = {
  readinessProbe: { httpGet: { port: 8080 } },
  livenessProbe: { tcpSocket: { port: 8080 } },
  startupProbe: { exec: { command: ['true'] } },
  lifecycle: { preStop: { httpGet: { port: 'http' } } },
  ports: [{ containerPort: 8080, name: 'http' }],
};

const everyVolume = [
  { name: 'empty' },
  { name: 'config', configMap: { name: 'c' } },
  { name: 'secret', secret: { secretName: 's' } },
  { name: 'downward', downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] } },
  { name: 'projected', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } },
  { name: 'host', hostPath: { path: '/tmp' } },
  { name: 'claim', persistentVolumeClaim: { claimName: 'data' } },
];

const environment = [
  { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
  { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
  { name: 'KEY', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
  { name: 'EMPTY' },
];

export const defaults = group(
  'defaults',
  {
    'a pod with one container': (s) => s.create('pods', idlePod('web')),
    'a pod with probes and hooks': (s) =>
      s.create('pods', idlePod('web', { containers: [{ name: 'main', image: 'app', ...withProbes }] })),
    'a pod with every kind of volume': (s) => s.create('pods', idlePod('web', { volumes: everyVolume })),
    'a pod with environment from elsewhere': (s) =>
      s.create('pods', idlePod('web', { containers: [{ name: 'main', image: 'app:latest', env: environment }] })),
    'a pod whose limits become requests': (s) => {
      const resources = { limits: { cpu: 1, memory: '0.5Gi' }, requests: { cpu: '100m' } };
      return s.create('pods', idlePod('web', { containers: [{ name: 'main', image: 'app', resources }] }));
    },
    'a pod of the class Guaranteed': async (s) => {
      const resources = { limits: { cpu: '0.5', memory: '128Mi' } };
      const containers = [{ name: 'main', image: 'app@sha256:' + 'a'.repeat(64), resources }];
      return (await s.create('pods', idlePod('web', { containers }))).body.status;
    },
    'a pod without a service account token': (s) =>
      s.create('pods', idlePod('web', { automountServiceAccountToken: false })),
    'a pod that tolerates everything': (s) =>
      s.create('pods', idlePod('web', { tolerations: [{ operator: 'Exists' }] })),
    'a pod with an init container': (s) =>
      s.create(
        'pods',
        idlePod('web', { initContainers: [{ name: 'first', image: 'init:1', restartPolicy: 'Always' }] }),
      ),
    'a pod with host network': (s) =>
      s.create(
        'pods',
        idlePod('web', {
          hostNetwork: true,
          containers: [{ name: 'main', image: 'app:1', ports: [{ containerPort: 8080 }] }],
        }),
      ),
    'a pod with a spread constraint': (s) =>
      s.create(
        'pods',
        idlePod('web', {
          topologySpreadConstraints: [
            { maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway' },
          ],
        }),
      ),
    'a Deployment': (s) => s.create('deployments', deployment('web')),
    'a Deployment that recreates': (s) =>
      s.create('deployments', deployment('web', { strategy: { type: 'Recreate' } })),
    'a Deployment with one bound': (s) =>
      s.create('deployments', deployment('web', { strategy: { rollingUpdate: { maxSurge: 2 } } })),
    'a ReplicaSet': (s) => s.create('replicasets', replicaSet('web')),
    'a StatefulSet': (s) =>
      s.create(
        'statefulsets',
        statefulSet('web', {
          volumeClaimTemplates: [
            {
              metadata: { name: 'data' },
              spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
            },
          ],
        }),
      ),
    'a Service': (s) => s.create('services', service('web')),
    'a headless Service': (s) => s.create('services', service('web', { clusterIP: 'None' })),
    'a NodePort Service': (s) => s.create('services', service('web', { type: 'NodePort' })),
    'a LoadBalancer Service': async (s) =>
      s.create('services', service('web', { type: 'LoadBalancer', externalTrafficPolicy: 'Local' })),
    'an ExternalName Service': (s) =>
      s.create('services', service('web', { type: 'ExternalName', externalName: 'example.test', ports: undefined })),
    'a Service with session affinity': (s) => s.create('services', service('web', { sessionAffinity: 'ClientIP' })),
    'an Ingress': (s) => s.create('ingresses', ingress('web')),
    'a ConfigMap': (s) => s.create('configmaps', configMap('settings')),
    'a Secret from plain text': (s) =>
      s.create('secrets', {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'password' },
        stringData: { password: 'x' },
        data: { user: 'bWU=' },
      }),
    'a PersistentVolumeClaim': (s) => s.create('persistentvolumeclaims', claim('data')),
    'a PodDisruptionBudget': (s) =>
      s.create('poddisruptionbudgets', disruptionBudget('web', 'web', { maxUnavailable: 1 })),
    'a NetworkPolicy': (s) =>
      s.create('networkpolicies', {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'web' },
        spec: { podSelector: {}, ingress: [{ ports: [{ port: 80 }] }] },
      }),
    'a Job': (s) => s.create('jobs', job('once', '', { suspend: true })),
    'a ServiceAccount': (s) =>
      s.create('serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot' } }),
    'a Lease': (s) =>
      s.create('leases', {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: 'lock' },
        spec: { holderIdentity: 'me', leaseDurationSeconds: 15 },
      }),
    'a Namespace': (s) =>
      s.api.call('POST', '/api/v1/namespaces', {
        body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: `${s.namespace}-2` } },
        query: { dryRun: 'All' },
      }),
    'quantities are kept in canonical form': async (s) => {
      const amounts = ['0.1', '100m', '1000m', '1.5', '1e3', '0.5Gi', '1024Mi', '1500M', '1000k', '12E', '1.0'];
      const pods = amounts.map((memory, index) => {
        const resources = { requests: { memory }, limits: { memory: '100E' } };
        return idlePod(`p${index}`, { containers: [{ name: 'main', image: 'app', resources }] });
      });
      const answers = [];
      for (const pod of pods) answers.push(await s.create('pods', pod, { dryRun: 'All' }));
      return answers.map(({ code, warnings, body }, index) => ({
        written: amounts[index],
        code,
        warnings,
        kept: body.spec?.containers[0].resources.requests.memory,
      }));
    },
  },
  { quick: true },
);
