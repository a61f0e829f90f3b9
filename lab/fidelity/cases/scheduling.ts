/** Where pods go, and why they wait. */
import { group } from '../case.ts';
import type { Session } from '../session.ts';
import { claim, container, deployment, pod } from '../objects.ts';
import { conditions } from '../views.ts';

async function whyPending(s: Session, spec: object): Promise<unknown> {
  await s.create('pods', pod('web', spec));
  const object = await s.object('pods', 'web', ({ status }) =>
    status.conditions?.some(({ reason }: any) => reason === 'Unschedulable'),
  );
  const { phase, conditions: list } = object.status;
  const [event] = await s.objects('events', (items) => items.some(({ reason }) => reason === 'FailedScheduling'));
  return {
    phase,
    conditions: list,
    event: event.message,
    type: event.type,
    by: event.source?.component || event.reportingComponent,
  };
}

const label = (app: string): object => ({ labels: { app } });
const hostname = 'kubernetes.io/hostname';

/** How many of the app's pods are on each node that has some. */
async function perNode(s: Session, count: number): Promise<number[]> {
  const items = await s.objects(
    'pods',
    (list) => list.length >= count && list.filter(({ spec }) => spec.nodeName).length >= count,
  );
  const counts = new Map<string, number>();
  for (const { spec } of items) if (spec.nodeName) counts.set(spec.nodeName, (counts.get(spec.nodeName) ?? 0) + 1);
  return [...counts.values()].toSorted((a, b) => a - b);
}

export const scheduling = group('scheduling', {
  'too much CPU': (s) => whyPending(s, { containers: [container('', { resources: { requests: { cpu: '100' } } })] }),
  'too much memory and CPU': (s) =>
    whyPending(s, { containers: [container('', { resources: { requests: { cpu: '100', memory: '10Ti' } } })] }),
  'a label that no node has': (s) => whyPending(s, { nodeSelector: { disk: 'none' } }),
  'node affinity that nothing meets': (s) =>
    whyPending(s, {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: hostname, operator: 'In', values: ['none'] }] }],
          },
        },
      },
    }),
  'only the control plane': (s) => whyPending(s, { nodeSelector: { 'node-role.kubernetes.io/control-plane': '' } }),
  'a claim that does not exist': (s) =>
    whyPending(s, { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'none' } }] }),
  'a claim that cannot be bound': async (s) => {
    await s.create('persistentvolumeclaims', claim('data', { storageClassName: '' }));
    return whyPending(s, { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] });
  },
  'affinity to a pod that is not there': (s) =>
    whyPending(s, {
      affinity: {
        podAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            { labelSelector: { matchLabels: { app: 'none' } }, topologyKey: hostname },
          ],
        },
      },
    }),
  'anti-affinity: one to a node': async (s) => {
    const podAntiAffinity = {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { labelSelector: { matchLabels: { app: 'web' } }, topologyKey: hostname },
      ],
    };
    const spec = { affinity: { podAntiAffinity }, containers: [container()], terminationGracePeriodSeconds: 5 };
    const workers = (await s.list('nodes', { labelSelector: '!node-role.kubernetes.io/control-plane' })).body.items
      .length;
    await s.create('deployments', deployment('web', { replicas: workers + 1, pod: spec }));
    const items = await s.objects(
      'pods',
      (list) =>
        list.some(({ status }) => status.conditions?.some(({ reason }: any) => reason === 'Unschedulable')) &&
        list.filter(({ spec }) => spec.nodeName).length === workers,
    );
    const waiting = items.find(({ spec }) => !spec.nodeName);
    return { counts: await perNode(s, workers), waiting: waiting.status.conditions };
  },
  'a spread over nodes': async (s) => {
    const topologySpreadConstraints = [
      {
        maxSkew: 1,
        topologyKey: hostname,
        whenUnsatisfiable: 'DoNotSchedule',
        nodeTaintsPolicy: 'Honor',
        labelSelector: { matchLabels: { app: 'web' } },
      },
    ];
    const spec = { topologySpreadConstraints, containers: [container()], terminationGracePeriodSeconds: 5 };
    await s.create('deployments', deployment('web', { replicas: 4, pod: spec }));
    return perNode(s, 4);
  },
  'a spread that counts the tainted node': async (s) => {
    const topologySpreadConstraints = [
      {
        maxSkew: 1,
        topologyKey: hostname,
        whenUnsatisfiable: 'DoNotSchedule',
        labelSelector: { matchLabels: { app: 'web' } },
      },
    ];
    const spec = { topologySpreadConstraints, containers: [container()], terminationGracePeriodSeconds: 5 };
    await s.create('deployments', deployment('web', { replicas: 3, pod: spec }));
    const items = await s.objects('pods', (list) =>
      list.some(({ status }) => status.conditions?.some(({ reason }: any) => reason === 'Unschedulable')),
    );
    return items.find(({ status }) => status.conditions?.some(({ reason }: any) => reason === 'Unschedulable')).status
      .conditions;
  },
  'pods of a Deployment are spread by themselves': async (s) => {
    await s.create('deployments', deployment('web', { replicas: 4 }));
    return perNode(s, 4);
  },
  'a scheduling gate': async (s) => {
    const { body } = await s.create('pods', pod('web', { schedulingGates: [{ name: 'example.com/wait' }] }));
    await s.patch('pods', 'web', 'json', [{ op: 'remove', path: '/spec/schedulingGates' }]);
    const after = await s.object('pods', 'web', ({ spec }) => spec.nodeName);
    return { before: body.status, after: conditions(after).filter((line) => line.startsWith('PodScheduled')) };
  },
  'a pod gets room when another ends': async (s) => {
    const requests = { cpu: '100' };
    await s.create('pods', pod('web', { containers: [container('', { resources: { requests } })] }, label('web')));
    await s.object('pods', 'web', ({ status }) => status.conditions?.length > 0);
    return (await s.kubectl('get pod web --no-headers')).out?.[0]?.split(/ +/).slice(0, 4);
  },
});
