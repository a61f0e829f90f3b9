import t from 'tap';
import { podSummary } from './pod-summary.ts';
import type { PodSummary } from './pod-summary.ts';

const RUNNING = { running: {} };
const waiting = (reason?: string): object => ({ waiting: { reason } });
const terminated = (exitCode: number, reason?: string, signal?: number): object => ({
  terminated: { exitCode, reason, signal },
});

interface Container {
  name: string;
  state?: object;
  ready?: boolean;
  started?: boolean;
  restartCount?: number;
  lastState?: object;
}

interface PodParts {
  phase?: string;
  reason?: string;
  containers?: Container[];
  init?: Container[];
  sidecars?: string[];
  conditions?: object[];
  deleted?: boolean;
}

function statuses(list: Container[]): object[] {
  return list.map((one) => ({ restartCount: 0, ready: false, ...one }));
}

function summary({
  phase = 'Running',
  reason,
  containers = [],
  init = [],
  sidecars = [],
  ...rest
}: PodParts): PodSummary {
  const initSpec = init.map(({ name }) => ({ name, ...(sidecars.includes(name) && { restartPolicy: 'Always' }) }));
  return podSummary({
    metadata: rest.deleted ? { deletionTimestamp: '2030-01-01T00:00:00Z' } : {},
    spec: { containers: containers.map(({ name }) => ({ name })), initContainers: initSpec },
    status: {
      phase,
      reason,
      conditions: rest.conditions,
      containerStatuses: statuses(containers),
      initContainerStatuses: statuses(init),
    },
  } as never);
}

const one = (state: object): PodParts => ({ containers: [{ name: 'a', state }] });
const status = (parts: PodParts): string => summary(parts).status;

void t.test('a running pod', async (t) => {
  const containers = [
    {
      name: 'a',
      state: RUNNING,
      ready: true,
      restartCount: 2,
      lastState: { terminated: { finishedAt: '2030-01-01T00:00:01Z' } },
    },
    { name: 'b', state: RUNNING, restartCount: 1, lastState: { terminated: { finishedAt: '2030-01-01T00:00:09Z' } } },
  ];
  t.same(summary({ containers }), {
    ready: 1,
    total: 2,
    status: 'Running',
    restarts: 3,
    lastRestart: '2030-01-01T00:00:09Z',
  });
});

void t.test('a container that does not run gives the pod its status', async (t) => {
  t.equal(status(one(waiting('CrashLoopBackOff'))), 'CrashLoopBackOff');
  t.equal(status(one(waiting('ErrImagePull'))), 'ErrImagePull');
  t.equal(status(one(terminated(1, 'Error'))), 'Error');
  t.equal(status(one(terminated(1))), 'ExitCode:1');
  t.equal(status(one(terminated(137, undefined, 9))), 'Signal:9');
  t.equal(status({ ...one(waiting()), phase: 'Pending' }), 'Pending');
  t.equal(status({ phase: 'Failed', reason: 'Evicted' }), 'Evicted');
});

void t.test('of several, the first one counts', async (t) => {
  const containers = [
    { name: 'a', state: waiting('ContainerCreating') },
    { name: 'b', state: waiting('CrashLoopBackOff') },
  ];
  t.equal(status({ containers }), 'ContainerCreating');
});

void t.test('a pod that is done in part still runs', async (t) => {
  const containers = [
    { name: 'a', state: terminated(0, 'Completed') },
    { name: 'b', state: RUNNING, ready: true },
  ];
  t.equal(status({ containers }), 'NotReady');
  t.equal(status({ containers, conditions: [{ type: 'Ready', status: 'True' }] }), 'Running');
});

void t.test('init containers come first', async (t) => {
  const containers = [{ name: 'a', state: waiting('PodInitializing') }];
  const init = (...states: object[]): PodParts => ({
    phase: 'Pending',
    containers,
    init: states.map((state, index) => ({ name: `i${index}`, state })),
  });
  t.equal(status(init(terminated(0), RUNNING)), 'Init:1/2');
  t.equal(status(init(waiting('PodInitializing'))), 'Init:0/1');
  t.equal(status(init(waiting('CrashLoopBackOff'))), 'Init:CrashLoopBackOff');
  t.equal(status(init(terminated(2))), 'Init:ExitCode:2');
  t.equal(status(init(terminated(1, 'Error'))), 'Init:Error');
  t.equal(status(init(terminated(0))), 'PodInitializing', 'all of them are through');
});

void t.test('a sidecar counts as a container', async (t) => {
  const parts = {
    containers: [{ name: 'a', state: RUNNING, ready: true }],
    init: [{ name: 'proxy', state: RUNNING, ready: true, started: true, restartCount: 4 }],
    sidecars: ['proxy'],
  };
  t.match(summary(parts), { ready: 2, total: 2, status: 'Running', restarts: 4 });
});

void t.test('a pod that is being deleted', async (t) => {
  t.equal(status({ deleted: true }), 'Terminating');
  t.equal(status({ deleted: true, reason: 'NodeLost' }), 'Unknown');
  t.equal(status({ deleted: true, phase: 'Succeeded' }), 'Succeeded');
});

void t.test('a pod that may not be scheduled yet', async (t) => {
  const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }];
  t.equal(status({ phase: 'Pending', conditions }), 'SchedulingGated');
});
