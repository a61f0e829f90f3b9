/** What the control loops make of workloads over time. */
import { group } from '../case.ts';
import type { Session } from '../session.ts';
import { container, deployment, disruptionBudget, IDLE, job, server, statefulSet } from '../objects.ts';
import { conditions, eventLines, names, refusal } from '../views.ts';

const ready = (object: any): boolean =>
  object.status.conditions?.some(({ type, status }: any) => type === 'Ready' && status === 'True') ?? false;

const probed = { readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 } };
const podOf = (version = 1): object => ({
  terminationGracePeriodSeconds: 5,
  containers: [container(server(), { ...probed, env: [{ name: 'VERSION', value: String(version) }] })],
});

const complete =
  (generation: number) =>
  ({ spec, status }: any): boolean =>
    status.observedGeneration >= generation &&
    status.updatedReplicas === spec.replicas &&
    status.availableReplicas === spec.replicas &&
    status.replicas === spec.replicas;

async function deployed(s: Session, options: any): Promise<any> {
  await s.create('deployments', deployment('web', { pod: podOf(), ...options }));
  return s.object('deployments', 'web', complete(1));
}

/** Changes the template and answers the extremes that were seen of the Deployment's pods until it is complete. */
async function rolled(s: Session, options: any): Promise<unknown> {
  const before = await deployed(s, options);
  const pods = new Map<string, any>();
  let most = 0;
  let fewestReady = Number.POSITIVE_INFINITY;
  let both = false;
  let watching = false;
  const initial = await s.objects('pods', () => true);
  for (const item of initial) pods.set(item.metadata.name, item);
  const { stop } = await s.follow('pods', { labelSelector: 'app=web' }, ({ type, object }) => {
    if (type === 'DELETED') pods.delete(object.metadata.name);
    else pods.set(object.metadata.name, object);
    if (!watching) return;
    const live = [...pods.values()].filter(({ metadata }) => !metadata.deletionTimestamp);
    most = Math.max(most, live.length);
    fewestReady = Math.min(fewestReady, live.filter(ready).length);
    both ||= new Set([...pods.values()].map(({ metadata }) => metadata.labels['pod-template-hash'])).size > 1;
  });
  watching = true;
  await s.patch('deployments', 'web', 'merge', { spec: { template: { spec: podOf(2) } } });
  const after = await s.object('deployments', 'web', complete(before.metadata.generation + 1)).finally(stop);
  const sets = await s.objects('replicasets', (items) => items.some(({ spec }) => spec.replicas === 0));
  return {
    most,
    fewestReady,
    oldAndNewTogether: both,
    conditions: conditions(after),
    revision: after.metadata.annotations['deployment.kubernetes.io/revision'],
    replicas: sets.map(({ spec }) => spec.replicas as number).toSorted((a, b) => a - b),
  };
}

export const workloads = group('workloads', {
  'a rolling update keeps to its bounds': (s) =>
    rolled(s, { replicas: 4, strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } } }),
  'a rolling update without unavailability': (s) =>
    rolled(s, { replicas: 3, strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } }),
  'a rolling update without surge': (s) =>
    rolled(s, { replicas: 3, strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } } }),
  Recreate: (s) => rolled(s, { replicas: 2, strategy: { type: 'Recreate' } }),
  'what a rollout says': async (s) => {
    await deployed(s, { replicas: 2, strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } });
    await s.patch('deployments', 'web', 'merge', { spec: { template: { spec: podOf(2) } } });
    const after = await s.object('deployments', 'web', complete(2));
    const events = await s.objects(
      'events',
      (items) => items.filter(({ reason }) => reason === 'ScalingReplicaSet').length >= 5,
    );
    const { observedGeneration, replicas, updatedReplicas, readyReplicas, availableReplicas, unavailableReplicas } =
      after.status;
    return {
      events: eventLines(events.filter(({ reason }) => reason === 'ScalingReplicaSet')).toSorted(),
      status: { observedGeneration, replicas, updatedReplicas, readyReplicas, availableReplicas, unavailableReplicas },
      conditions: after.status.conditions
        .map(({ type, status, reason, message }: any) => `${type} ${status} ${reason}: ${message}`)
        .toSorted(),
    };
  },
  'a rollout that does not get on': async (s) => {
    await deployed(s, { replicas: 2, progressDeadlineSeconds: 4 });
    const spec = { containers: [{ ...container(IDLE), image: 'registry.invalid/no/such:1' }] };
    await s.patch('deployments', 'web', 'merge', { spec: { template: { spec } } });
    const stuck = await s.object('deployments', 'web', (seen) =>
      conditions(seen).some((line) => line.includes('ProgressDeadlineExceeded')),
    );
    const { replicas, updatedReplicas, availableReplicas, unavailableReplicas } = stuck.status;
    return {
      conditions: stuck.status.conditions
        .map(({ type, status, reason, message }: any) => `${type} ${status} ${reason}: ${message}`)
        .toSorted(),
      status: { replicas, updatedReplicas, availableReplicas, unavailableReplicas },
    };
  },
  minReadySeconds: async (s) => {
    await s.create('deployments', deployment('web', { replicas: 1, minReadySeconds: 3, pod: podOf() }));
    const readyOnly = await s.object('deployments', 'web', ({ status }) => status.readyReplicas === 1);
    const available = await s.object('deployments', 'web', ({ status }) => status.availableReplicas === 1);
    const [item] = (await s.list('pods')).body.items;
    const at = (object: any, wanted: string): number =>
      Date.parse(object.status.conditions.find(({ type }: any) => type === wanted).lastTransitionTime);
    const seconds = (at(available, 'Available') - at(item, 'Ready')) / 1000;
    return {
      early: readyOnly.status.availableReplicas,
      unavailable: readyOnly.status.unavailableReplicas,
      waits: seconds >= 2 && seconds < 10,
    };
  },
  'undo takes the old ReplicaSet again': async (s) => {
    await deployed(s, { replicas: 1 });
    const [first] = (await s.list('replicasets')).body.items;
    await s.patch('deployments', 'web', 'merge', { spec: { template: { spec: podOf(2) } } });
    await s.object('deployments', 'web', complete(2));
    await s.patch('deployments', 'web', 'merge', { spec: { template: { spec: podOf(1) } } });
    await s.object('deployments', 'web', complete(3));
    const again = await s.object('replicasets', first.metadata.name, ({ spec }) => spec.replicas === 1);
    const { annotations } = again.metadata;
    return {
      revision: annotations['deployment.kubernetes.io/revision'],
      history: annotations['deployment.kubernetes.io/revision-history'],
      desired: annotations['deployment.kubernetes.io/desired-replicas'],
      max: annotations['deployment.kubernetes.io/max-replicas'],
    };
  },
  revisionHistoryLimit: async (s) => {
    const pod = (version: number): object => ({
      schedulerName: 'nobody',
      containers: [{ name: 'main', image: `app:${version}` }],
    });
    await s.create('deployments', deployment('web', { replicas: 0, revisionHistoryLimit: 1, pod: pod(1) }));
    for (const version of [2, 3, 4]) {
      await s.object('deployments', 'web', complete2(version - 1));
      await s.patch('deployments', 'web', 'merge', { spec: { template: { spec: pod(version) } } });
    }
    const sets = await s.objects(
      'replicasets',
      (items) => items.length === 2 && items.some((item) => revision(item) === '4'),
    );
    return sets.map(revision).toSorted();
  },
  'a Deployment that grows and shrinks': async (s) => {
    await deployed(s, { replicas: 1 });
    await s.patch('deployments', 'web/scale', 'merge', { spec: { replicas: 3 } });
    await s.object('deployments', 'web', ({ status }) => status.availableReplicas === 3);
    await s.patch('deployments', 'web/scale', 'merge', { spec: { replicas: 1 } });
    const after = await s.object('deployments', 'web', ({ status }) => status.replicas === 1);
    const events = await s.objects(
      'events',
      (items) => items.filter(({ reason }) => reason === 'ScalingReplicaSet').length >= 3,
    );
    return {
      conditions: conditions(after),
      events: eventLines(events.filter(({ reason }) => reason === 'ScalingReplicaSet')),
    };
  },
  'a deleted pod is replaced': async (s) => {
    await deployed(s, { replicas: 1 });
    const [before] = (await s.list('pods')).body.items;
    await s.delete('pods', before.metadata.name);
    const [after] = await s.objects(
      'pods',
      (items) => items.length === 1 && items[0].metadata.uid !== before.metadata.uid && ready(items[0]),
    );
    const { ownerReferences, labels, generateName } = after.metadata;
    return { ownerReferences, labels: Object.keys(labels).toSorted(), generateName };
  },
  'a StatefulSet in order': async (s) => {
    const order: string[] = [];
    const isReady = new Set<string>();
    let readyFirst = true;
    const { stop } = await s.follow('pods', { labelSelector: 'app=db' }, ({ type, object }) => {
      const { name } = object.metadata;
      if (type === 'ADDED') {
        order.push(`+${name}`);
        const ordinal = Number(name.split('-')[1]);
        if (ordinal > 0 && !isReady.has(`db-${ordinal - 1}`)) readyFirst = false;
      }
      if (type === 'DELETED') order.push(`-${name}`);
      if (type !== 'DELETED' && ready(object)) isReady.add(name);
    });
    await s.create('statefulsets', statefulSet('db', { replicas: 3, pod: podOf() }));
    await s.object('statefulsets', 'db', ({ status }) => status.readyReplicas === 3 && status.availableReplicas === 3);
    await s.patch('statefulsets', 'db/scale', 'merge', { spec: { replicas: 1 } });
    await s.object('statefulsets', 'db', ({ status }) => status.replicas === 1);
    await s.until('two deletions', async () => order.filter((line) => line.startsWith('-')).length === 2).finally(stop);
    const { body } = await s.get('pods', 'db-0');
    const labels = { ...body.metadata.labels };
    return { order, readyFirst, labels, hostname: body.spec.hostname, subdomain: body.spec.subdomain };
  },
  'a StatefulSet updates from the last to the first': async (s) => {
    await s.create(
      'statefulsets',
      statefulSet('db', {
        replicas: 3,
        podManagementPolicy: 'Parallel',
        pod: podOf(),
        updateStrategy: { rollingUpdate: { partition: 1 } },
      }),
    );
    await s.object('statefulsets', 'db', ({ status }) => status.readyReplicas === 3);
    const order: string[] = [];
    const { stop } = await s.follow('pods', { labelSelector: 'app=db' }, ({ type, object }) => {
      if (type === 'DELETED') order.push(object.metadata.name);
    });
    await s.patch('statefulsets', 'db', 'merge', { spec: { template: { spec: podOf(2) } } });
    const after = await s
      .object('statefulsets', 'db', ({ status }) => status.updatedReplicas === 2 && status.readyReplicas === 3)
      .finally(stop);
    const pods = (await s.list('pods')).body.items;
    const { currentRevision, updateRevision, ...status } = after.status;
    return {
      order,
      versions: pods.map(({ metadata, spec }: any) => `${metadata.name} ${spec.containers[0].env[0].value}`),
      revisionsDiffer: currentRevision !== updateRevision,
      status: {
        replicas: status.replicas,
        currentReplicas: status.currentReplicas,
        updatedReplicas: status.updatedReplicas,
      },
    };
  },
  'a StatefulSet waits for an unready pod': async (s) => {
    const pod = {
      containers: [container(IDLE, { readinessProbe: { tcpSocket: { port: 9 }, periodSeconds: 1 } })],
      terminationGracePeriodSeconds: 5,
    };
    await s.create('statefulsets', statefulSet('db', { replicas: 2, pod }));
    await s.object('pods', 'db-0', ({ status }) => status.phase === 'Running');
    await s.objects('events', (items) => items.some(({ reason }) => reason === 'Unhealthy'));
    return names((await s.list('pods')).body.items);
  },
  'a Job completes': async (s) => {
    await s.create('jobs', job('once', 'console.log("x")', { completions: 2, parallelism: 2 }));
    const done = await s.object('jobs', 'once', ({ status }) =>
      status.conditions?.some(({ type }: any) => type === 'Complete'),
    );
    const { succeeded, active, failed, ready: readyPods, terminating } = done.status;
    const events = await s.objects('events', (items) => items.some(({ reason }) => reason === 'Completed'));
    return {
      status: { succeeded, active, failed, ready: readyPods, terminating },
      conditions: conditions(done),
      labels: Object.keys((await s.list('pods')).body.items[0].metadata.labels).toSorted(),
      events: eventLines(events.filter(({ involvedObject }) => involvedObject.kind === 'Job')),
    };
  },
  'a Job gives up': async (s) => {
    await s.create('jobs', job('once', 'process.exit(1)', { backoffLimit: 0 }));
    const done = await s.object('jobs', 'once', ({ status }) =>
      status.conditions?.some(({ type }: any) => type === 'Failed'),
    );
    const { failed, succeeded } = done.status;
    return {
      failed,
      succeeded,
      conditions: done.status.conditions.map(
        ({ type, status, reason, message }: any) => `${type} ${status} ${reason}: ${message}`,
      ),
    };
  },
  'a Job with a deadline': async (s) => {
    await s.create('jobs', job('once', IDLE, { activeDeadlineSeconds: 2 }));
    const done = await s.object('jobs', 'once', ({ status }) =>
      status.conditions?.some(({ type }: any) => type === 'Failed'),
    );
    return done.status.conditions.map(
      ({ type, status, reason, message }: any) => `${type} ${status} ${reason}: ${message}`,
    );
  },
  'a disruption budget refuses evictions': async (s) => {
    await s.create('poddisruptionbudgets', disruptionBudget('web', 'web', { minAvailable: 1 }));
    const slow = { readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1, initialDelaySeconds: 5 } };
    const spec = { terminationGracePeriodSeconds: 5, containers: [container(server(), slow)] };
    await deployed(s, { replicas: 2, pod: spec });
    const budget = await s.object('poddisruptionbudgets', 'web', ({ status }) => status.disruptionsAllowed === 1);
    const items = (await s.list('pods')).body.items;
    const evict = async (name: string): Promise<unknown> => {
      const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } };
      const { code, body: status } = await s.api.call('POST', s.path('pods', `${name}/eviction`), { body });
      return { code, status };
    };
    const first = await evict(items[0].metadata.name);
    // The replacement takes its time to become ready.
    await s.object('poddisruptionbudgets', 'web', ({ status }) => status.currentHealthy === 1);
    const answers = [first, await evict(items[1].metadata.name)];
    const { disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods } = budget.status;
    return {
      answers,
      status: { disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods },
      conditions: conditions(budget),
    };
  },
  'a budget that can never be met': async (s) => {
    await deployed(s, { replicas: 1 });
    await s.create('poddisruptionbudgets', disruptionBudget('web', 'web', { maxUnavailable: 0 }));
    const budget = await s.object('poddisruptionbudgets', 'web', ({ status }) => status.expectedPods === 1);
    const [item] = (await s.list('pods')).body.items;
    const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: item.metadata.name } };
    const refused = await s.api.call('POST', s.path('pods', `${item.metadata.name}/eviction`), { body });
    return { conditions: conditions(budget), refused: refusal(refused) };
  },
  'kubectl rollout status': async (s) => {
    await s.create('deployments', deployment('web', { replicas: 2, pod: podOf() }));
    const { exit, out } = await s.kubectl('rollout status deployment/web --timeout=60s');
    await s.create('statefulsets', statefulSet('db', { replicas: 1, pod: podOf() }));
    const set = await s.kubectl('rollout status statefulset/db --timeout=60s');
    return { exit, last: out?.at(-1), set: { exit: set.exit, last: set.out?.at(-1) } };
  },
});

function revision(object: any): string {
  return object.metadata.annotations['deployment.kubernetes.io/revision'];
}

const complete2 =
  (wanted: number) =>
  (object: any): boolean =>
    object.metadata.annotations?.['deployment.kubernetes.io/revision'] === String(wanted);
