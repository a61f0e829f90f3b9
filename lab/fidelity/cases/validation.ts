/** What the API server refuses, and in which words. */
import type { HttpAnswer } from '../api-client.ts';
import { group, type Case } from '../case.ts';
import {
  claim,
  configMap,
  deployment,
  disruptionBudget,
  idlePod,
  ingress,
  job,
  service,
  statefulSet,
} from '../objects.ts';
import type { PatchType } from '../session.ts';
import { refusal } from '../views.ts';

type Run = Case['run'];

const refuses =
  (resource: string, object: unknown): Run =>
  async (s) =>
    refusal(await s.create(resource, object));

const inContainer = (fields: object): Run =>
  refuses('pods', idlePod('web', { containers: [{ name: 'main', image: 'app', ...fields }] }));

/** Accepts the first, then answers what becomes of the change. */
const refusesChange =
  (resource: string, object: any, change: unknown, type: PatchType = 'merge'): Run =>
  async (s): Promise<unknown> => {
    const first = await s.create(resource, object);
    if (first.code !== 201) return { first };
    return refusal(await s.patch(resource, object.metadata.name, type, change));
  };

const several =
  (...runs: Run[]): Run =>
  async (s) => {
    const answers = [];
    for (const run of runs) answers.push(await run(s));
    return answers;
  };

const template = (labels: object): object => ({
  metadata: { labels },
  spec: { containers: [{ name: 'main', image: 'app' }] },
});

const withData = (data: string): object => ({ ...configMap('settings'), data });

export const validation = group(
  'validation',
  {
    'names of objects': several(
      refuses('configmaps', configMap('Upper')),
      refuses('configmaps', configMap('under_score')),
      refuses('configmaps', configMap('x'.repeat(254))),
      refuses('services', service('1st')),
      refuses('services', service('x'.repeat(64))),
      refuses('pods', idlePod('.dot')),
    ),
    'an object without a name': refuses('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: {} }),
    'labels and annotations': several(
      refuses('configmaps', configMap('a', {}, { labels: { 'bad key': 'x' } })),
      refuses('configmaps', configMap('b', {}, { labels: { ok: 'bad value!' } })),
      refuses('configmaps', configMap('c', {}, { labels: { ok: 'x'.repeat(64) } })),
      refuses('configmaps', configMap('d', {}, { annotations: { '/x': 'y' } })),
      refuses('configmaps', configMap('e', {}, { labels: { 'example.com/x/y': 'z' } })),
    ),
    'finalizers and owners': several(
      refuses('configmaps', configMap('a', {}, { finalizers: ['no slash'] })),
      refuses('configmaps', configMap('b', {}, { ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: '' }] })),
    ),
    'a pod without containers': several(
      refuses('pods', idlePod('web', { containers: [] })),
      refuses('pods', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec: {} }),
      refuses('pods', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' } }),
    ),
    'containers without name or image': refuses(
      'pods',
      idlePod('web', { containers: [{ image: 'app' }, { name: 'x' }] }),
    ),
    'containers of the same name': refuses(
      'pods',
      idlePod('web', {
        containers: [
          { name: 'x', image: 'app' },
          { name: 'x', image: 'app' },
        ],
      }),
    ),
    'names of containers': inContainer({ name: 'Not_A_Label' }),
    'an image with spaces': inContainer({ image: ' app ' }),
    'an unknown pull policy': inContainer({ imagePullPolicy: 'Sometimes' }),
    'an unknown restart policy': refuses('pods', idlePod('web', { restartPolicy: 'Perhaps' })),
    'ports of containers': several(
      inContainer({ ports: [{ containerPort: 0 }, { containerPort: 70000 }, { name: 'http' }] }),
      inContainer({ ports: [{ containerPort: 80, name: 'UPPER' }] }),
      inContainer({ ports: [{ containerPort: 80, protocol: 'ICMP' }] }),
      inContainer({
        ports: [
          { containerPort: 80, name: 'http' },
          { containerPort: 81, name: 'http' },
        ],
      }),
    ),
    'a probe with two handlers or none': several(
      inContainer({ readinessProbe: { httpGet: { port: 80 }, tcpSocket: { port: 80 } } }),
      inContainer({ readinessProbe: {} }),
    ),
    'numbers of probes': several(
      inContainer({ livenessProbe: { tcpSocket: { port: 80 }, successThreshold: 2 } }),
      inContainer({ readinessProbe: { tcpSocket: { port: 0 }, periodSeconds: -1 } }),
      inContainer({ startupProbe: { httpGet: { port: 'not a port', path: 'x', scheme: 'FTP' } } }),
    ),
    'environment variables': several(
      inContainer({ env: [{ name: '' }] }),
      inContainer({ env: [{ name: 'A=B', value: '1' }] }),
      inContainer({ env: [{ name: 'A', value: '1', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] }),
      inContainer({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.nope' } } }] }),
      inContainer({ env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's' } } }] }),
      inContainer({ envFrom: [{ configMapRef: {} }] }),
    ),
    'requests above limits': inContainer({ resources: { requests: { cpu: 2 }, limits: { cpu: 1 } } }),
    'malformed quantities': several(
      inContainer({ resources: { requests: { cpu: 'lots' } } }),
      inContainer({ resources: { requests: { memory: '-1' } } }),
      inContainer({ resources: { requests: { gadgets: 1 } } }),
    ),
    'mounts and volumes': several(
      inContainer({ volumeMounts: [{ name: 'data', mountPath: '/data' }] }),
      refuses('pods', idlePod('web', { volumes: [{ name: 'a' }, { name: 'a' }] })),
      refuses('pods', idlePod('web', { volumes: [{ name: 'a', emptyDir: {}, configMap: { name: 'x' } }] })),
      refuses(
        'pods',
        idlePod('web', {
          volumes: [{ name: 'a' }, { name: 'b' }],
          containers: [
            {
              name: 'main',
              image: 'app',
              volumeMounts: [
                { name: 'a', mountPath: '/x' },
                { name: 'b', mountPath: '/x' },
              ],
            },
          ],
        }),
      ),
      refuses('pods', idlePod('web', { volumes: [{ name: 'a', configMap: {} }] })),
    ),
    tolerations: several(
      refuses('pods', idlePod('web', { tolerations: [{ key: 'a', operator: 'Exists', value: 'x' }] })),
      refuses('pods', idlePod('web', { tolerations: [{ key: 'a', effect: 'NoSchedule', tolerationSeconds: 3 }] })),
      refuses('pods', idlePod('web', { tolerations: [{ operator: 'Equal', effect: 'Sometimes' }] })),
    ),
    affinity: several(
      refuses(
        'pods',
        idlePod('web', {
          affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: {} }] } },
        }),
      ),
      refuses(
        'pods',
        idlePod('web', {
          affinity: {
            nodeAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: {
                nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In' }] }],
              },
            },
          },
        }),
      ),
    ),
    'spread constraints': refuses(
      'pods',
      idlePod('web', { topologySpreadConstraints: [{ maxSkew: 0, whenUnsatisfiable: 'Never' }] }),
    ),
    'security context': several(
      inContainer({ securityContext: { runAsUser: -1 } }),
      inContainer({ securityContext: { privileged: true, allowPrivilegeEscalation: false } }),
    ),
    hooks: inContainer({ lifecycle: { preStop: { sleep: { seconds: 0 } }, postStart: {} } }),
    'grace period': refuses('pods', idlePod('web', { terminationGracePeriodSeconds: -5 })),
    'a pod is not changed': several(
      refusesChange('pods', idlePod('web'), { spec: { restartPolicy: 'Never' } }),
      async (s) =>
        refusal(await s.patch('pods', 'web', 'strategic', { spec: { containers: [{ name: 'x', image: 'y' }] } })),
    ),
    'but its image may be': refusesChange(
      'pods',
      idlePod('web'),
      { spec: { containers: [{ name: 'main', image: 'example/app:2' }] } },
      'strategic',
    ),
    'a Deployment without a selector': refuses('deployments', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { template: template({ app: 'web' }) },
    }),
    'a selector that does not match': several(
      refuses('deployments', deployment('web', { template: template({ app: 'other' }) })),
      refuses('statefulsets', statefulSet('web', { template: template({ app: 'other' }) })),
      refuses('deployments', deployment('web', { selector: {} })),
    ),
    'a selector is not changed': several(
      refusesChange('deployments', deployment('web'), { spec: { selector: { matchLabels: { more: 'x' } } } }),
      refusesChange('deployments', deployment('web2'), {
        spec: {
          selector: { matchLabels: { app: 'web3' } },
          template: { metadata: { labels: { app: 'web3' } } },
        },
      }),
    ),
    'bounds of a rolling update': several(
      refuses('deployments', deployment('a', { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } })),
      refuses('deployments', deployment('b', { strategy: { rollingUpdate: { maxSurge: 'half' } } })),
      refuses('deployments', deployment('c', { strategy: { rollingUpdate: { maxUnavailable: '150%' } } })),
      refuses('deployments', deployment('d', { strategy: { type: 'Recreate', rollingUpdate: {} } })),
      refuses('deployments', deployment('e', { strategy: { type: 'BlueGreen' } })),
    ),
    'numbers of a Deployment': several(
      refuses('deployments', deployment('a', { replicas: -1 })),
      refuses('deployments', deployment('b', { minReadySeconds: 700 })),
      refuses('deployments', deployment('c', { revisionHistoryLimit: -1, progressDeadlineSeconds: -1 })),
    ),
    'restart policy in a template': refuses(
      'deployments',
      deployment('web', { pod: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'app' }] } }),
    ),
    'what a StatefulSet may change': several(
      refusesChange('statefulsets', statefulSet('web'), { spec: { serviceName: 'other' } }),
      refusesChange('statefulsets', statefulSet('web2'), { spec: { podManagementPolicy: 'Parallel' } }),
      refuses('statefulsets', statefulSet('web3', { podManagementPolicy: 'Random' })),
      refuses('statefulsets', statefulSet('web4', { updateStrategy: { type: 'Sometimes' } })),
    ),
    'ports of Services': several(
      refuses('services', service('a', { ports: [] })),
      refuses('services', service('b', { ports: [{ port: 80 }, { port: 81 }] })),
      refuses('services', service('c', { ports: [{ port: 0 }] })),
      refuses('services', service('d', { ports: [{ port: 80, targetPort: 'Not_A_Port' }] })),
      refuses('services', service('e', { ports: [{ port: 80, protocol: 'ICMP' }] })),
      refuses('services', service('f', { ports: [{ port: 80, nodePort: 30000 }] })),
      refuses('services', service('g', { type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] })),
      refuses(
        'services',
        service('h', {
          ports: [
            { name: 'a', port: 80 },
            { name: 'b', port: 80 },
          ],
        }),
      ),
    ),
    'types of Services': several(
      refuses('services', service('a', { type: 'Magic' })),
      refuses('services', service('b', { type: 'ExternalName' })),
      refuses('services', service('c', { sessionAffinity: 'Cookie' })),
      refuses('services', service('d', { externalTrafficPolicy: 'Local' })),
      refuses('services', service('e', { type: 'LoadBalancer', clusterIP: 'None' })),
      refuses('services', service('f', { sessionAffinityConfig: { clientIP: { timeoutSeconds: 5 } } })),
    ),
    'addresses of Services': several(
      refuses('services', service('a', { clusterIP: 'not-an-address' })),
      refuses('services', service('b', { clusterIP: '203.0.113.1' })),
      refusesChange('services', service('c'), { spec: { clusterIP: '203.0.113.7', clusterIPs: ['203.0.113.7'] } }),
    ),
    Ingresses: several(
      refuses('ingresses', ingress('a', { rules: [] })),
      refuses('ingresses', ingress('b', { rules: [{ host: 'Not A Host' }] })),
      refuses('ingresses', ingress('c', { rules: [{ host: 'x.test', http: { paths: [{ path: '/' }] } }] })),
      refuses(
        'ingresses',
        ingress('d', {
          rules: [
            {
              http: {
                paths: [
                  { path: 'relative', pathType: 'Exact', backend: { service: { name: 'x', port: { number: 1 } } } },
                  { path: '/a', pathType: 'Glob', backend: { service: { name: 'x' } } },
                ],
              },
            },
          ],
        }),
      ),
    ),
    'disruption budgets': several(
      refuses('poddisruptionbudgets', disruptionBudget('a', 'web', { minAvailable: 1, maxUnavailable: 1 })),
      refuses('poddisruptionbudgets', disruptionBudget('b', 'web', { minAvailable: '150%' })),
      refuses('poddisruptionbudgets', disruptionBudget('c', 'web', { maxUnavailable: -1 })),
    ),
    claims: several(
      refuses('persistentvolumeclaims', claim('a', { accessModes: [] })),
      refuses('persistentvolumeclaims', claim('b', { accessModes: ['WriteMaybe'] })),
      refuses('persistentvolumeclaims', claim('c', { resources: {} })),
      refuses('persistentvolumeclaims', claim('d', { resources: { requests: { storage: '0' } } })),
      refusesChange('persistentvolumeclaims', claim('e'), { spec: { storageClassName: 'other' } }),
      refusesChange('persistentvolumeclaims', claim('f'), { spec: { resources: { requests: { storage: '1Mi' } } } }),
    ),
    Jobs: several(
      refuses('jobs', job('a', '', {}, { restartPolicy: 'Always' })),
      refuses('jobs', job('b', '', { parallelism: -1, backoffLimit: -1 })),
      refuses('jobs', job('c', '', { selector: { matchLabels: { a: 'b' } } })),
      refusesChange('jobs', job('d', '', { suspend: true, completions: 2 }), { spec: { completions: 3 } }),
    ),
    'immutable ConfigMaps and Secrets': several(
      refusesChange('configmaps', { ...configMap('a'), immutable: true }, { data: { key: 'other' } }),
      refusesChange('configmaps', { ...configMap('b'), immutable: true }, { immutable: false }),
      refusesChange(
        'secrets',
        { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'c' }, type: 'Opaque' },
        { type: 'example.com/other' },
      ),
    ),
    'keys of ConfigMaps and Secrets': several(
      refuses('configmaps', configMap('a', { 'bad key': 'x' })),
      refuses('configmaps', { ...configMap('b', { key: 'x' }), binaryData: { key: 'eA==' } }),
      refuses('secrets', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'c' }, data: { x: 'not base64!' } }),
      refuses('secrets', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'd' }, type: 'kubernetes.io/tls' }),
    ),
    'network policies': refuses('networkpolicies', {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'a' },
      spec: {
        podSelector: { matchExpressions: [{ key: 'a', operator: 'Equals' }] },
        policyTypes: ['Sideways'],
        ingress: [{ from: [{}] }],
      },
    }),
    'values of the wrong type': several(
      refuses('configmaps', withData('text')),
      refuses('deployments', deployment('a', { replicas: 'three' as unknown as number })),
      refuses('pods', idlePod('b', { containers: { name: 'main' } })),
      refuses('pods', idlePod('c', { hostNetwork: 'yes' })),
      refuses('configmaps', configMap('d', { number: 1 })),
      refuses('services', service('e', { ports: [{ port: 80.5 }] })),
    ),
    'a change that was made to an older version': async (s) => {
      const { body } = await s.create('configmaps', configMap('settings'));
      await s.patch('configmaps', 'settings', 'merge', { data: { key: 'newer' } });
      return refusal(await s.replace('configmaps', 'settings', { ...body, data: { key: 'older' } }));
    },
    'metadata that is not changed': async (s) => {
      const { body } = await s.create('configmaps', configMap('settings'));
      const change = (metadata: object): Promise<HttpAnswer> =>
        s.replace('configmaps', 'settings', { ...body, metadata: { ...body.metadata, ...metadata } });
      return [
        refusal(await change({ name: 'other' })),
        refusal(await change({ namespace: 'other' })),
        refusal(await change({ uid: '3b5a4b9c-0000-4000-8000-000000000000' })),
        refusal(await change({ resourceVersion: 'abc' })),
        refusal(await change({ creationTimestamp: '2001-01-01T00:00:00Z' })),
      ];
    },
  },
  { quick: true },
);
