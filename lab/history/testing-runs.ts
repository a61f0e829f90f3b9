/** The made-up runs themselves: one function for each kind of run that a report must tell apart. */
import { seededRandom } from '../statistics/random.ts';
import { AuditRows } from './audit-rows.ts';
import type { ClusterEvent, FaultHistory, PhaseHistory, PodPlacement, RunHistory } from './history.ts';
import { auditOf, countersOf, type LoadOptions, madePhase, madeRun, podsOn, rowsOf, timeOut } from './testing.ts';

type Options = Partial<LoadOptions> & { seed?: number; podCount?: number };

/** One steady phase over four pods on two nodes; 2,000 requests on connections of their own. */
export function loadBalanceRun(
  { seed = 1, podCount = 4, ...load }: Options = {},
  parts: Partial<RunHistory> = {},
): RunHistory {
  const random = seededRandom(seed);
  const pods = podsOn(podCount);
  const phase = madePhase({
    phase: 'steady',
    startedAt: 200,
    requests: 2000,
    ratePerSecond: 400,
    pods,
    random,
    ...load,
  });
  const expectations = [
    'ledger.lost == 0',
    'steady.distribution.nodes.verdict == random',
    'steady.requests.errorRate < 1 %',
    'steady.latency.p99Ms < 50 ms',
  ];
  return madeRun('load-balance', [phase], { expectations, ...parts });
}

/** Two kept connections per pod: each stays where it is. */
export function pinnedRun(seed = 2): RunHistory {
  const random = seededRandom(seed);
  const pods = podsOn(4);
  const homes = Array.from({ length: 10 }, () => pods[random.integer(4)]!);
  return loadBalanceRun({ seed, pods, keepAlive: true, connections: 10, choose: (connection) => homes[connection]! });
}

/** Acknowledged logs that the database does not hold. */
export function lostLogsRun(lost = 3): RunHistory {
  const run = loadBalanceRun();
  return { ...run, audit: auditOf(AuditRows.from([...run.audit.rows!].slice(lost))) };
}

/** One pod counted fewer answers than clients saw of it. */
export function brokenBooksRun(): RunHistory {
  const run = loadBalanceRun();
  const last = run.counters.findLast((reading) => reading.at > 0)!;
  last.requests['POST /logs 201']! -= 7;
  return run;
}

/** Too few requests to tell how they are spread. */
export function tooFewRun(): RunHistory {
  return loadBalanceRun({ requests: 30, ratePerSecond: 30 });
}

export function abortedRun(): RunHistory {
  return loadBalanceRun({ requests: 500 }, { aborted: 'SIGINT' });
}

/** Times of a node's loss, in milliseconds; the cluster's settings (see madeRun) predict 7 to 10 s for NotReady. */
const LOSS = { fault: 15_000, notReady: 23_400, endpoints: 23_450, evicted: 28_500, scheduled: 28_600, ready: 29_900 };

/** Node w1 loses power under a constant rate: its requests time out until its endpoints are gone. */
export function nodeFailureRun({ seed = 3, evidence = true } = {}): RunHistory {
  const random = seededRandom(seed);
  const pods = podsOn(4);
  const survivors = pods.filter(({ node }) => node === 'w2');
  const replacements = podsOn(6)
    .slice(4)
    .map((pod) => ({ ...pod, node: 'w2' }));
  const after = [...survivors, ...replacements];
  const common = { ratePerSecond: 200, random };
  const steady = madePhase({ ...common, phase: 'steady', startedAt: 200, requests: 2000, pods });
  const failure = failurePhase(
    { ...common, phase: 'failure', startedAt: 10_500, requests: 5000, pods, index: 1 },
    survivors,
    after,
  );
  const recovery = madePhase({
    ...common,
    phase: 'recovery',
    startedAt: 36_000,
    requests: 1600,
    pods: after,
    index: 2,
  });
  const phases = [steady, failure, recovery];
  const rows = rowsOf(phases);
  // Every third of the requests that timed out had been stored before the power went.
  const open = [...failure.loads[0]!.operations].filter(({ outcome, seq }) => outcome === 'info' && seq % 3 === 0);
  for (const { seq } of open.slice(0, 2)) rows.push({ loadIndex: 1, seq, pod: pods[0]!.pod, node: 'w1', copies: 1 });
  const gone = new Map(pods.filter(({ node }) => node === 'w1').map(({ pod }) => [pod, 14_000]));
  return madeRun('node-failure', phases, {
    faults: [powerLoss(evidence)],
    events: lossEvents(pods, replacements),
    audit: auditOf(rows),
    counters: countersOf(phases, rows, gone),
    expectations: [
      'ledger.lost == 0',
      'steady.distribution.nodes.verdict == random',
      'failure.recovery.seconds <= 60',
      'recovery.requests.failed == 0',
    ],
  });
}

function failurePhase(options: LoadOptions, survivors: PodPlacement[], after: PodPlacement[]): PhaseHistory {
  const { random } = options;
  let now = 0;
  const phase = madePhase({
    ...options,
    choose: (choice) => {
      now = options.startedAt + (choice * 1000) / options.ratePerSecond;
      const candidates = now < LOSS.endpoints ? options.pods : now < LOSS.ready ? survivors : after;
      return candidates[random.integer(candidates.length)]!;
    },
    disturb: (operation, pod) => {
      if (pod.node === 'w1' && operation.endedAt > LOSS.fault) timeOut(operation);
    },
  });
  return { ...phase, podsAtEnd: after };
}

function powerLoss(evidence: boolean): FaultHistory {
  return {
    phase: 'failure',
    kind: 'stop-node',
    target: 'w1',
    selector: 'worker-without: postgres',
    plannedAt: 15_000,
    startedAt: LOSS.fault,
    endedAt: LOSS.fault + 20,
    healedAt: 44_500,
    evidence: evidence ? [{ at: LOSS.notReady, what: 'node w1 is NotReady' }] : [],
    error: null,
  };
}

function lossEvents(pods: PodPlacement[], replacements: PodPlacement[]): ClusterEvent[] {
  const lost = pods.filter(({ node }) => node === 'w1');
  return [
    { at: LOSS.notReady, kind: 'Node', name: 'w1', what: 'not-ready' },
    ...lost.map((pod): ClusterEvent => ({
      at: LOSS.endpoints,
      kind: 'EndpointSlice',
      what: 'endpoint-not-ready',
      ...named(pod),
    })),
    ...lost.map((pod): ClusterEvent => ({ at: LOSS.evicted, kind: 'Pod', what: 'terminating', ...named(pod) })),
    ...replacements.map(({ pod, app }): ClusterEvent => ({
      at: LOSS.evicted + 20,
      kind: 'Pod',
      what: 'created',
      name: pod,
      app,
    })),
    ...replacements.map((pod): ClusterEvent => ({ at: LOSS.scheduled, kind: 'Pod', what: 'scheduled', ...named(pod) })),
    ...replacements.map((pod): ClusterEvent => ({ at: LOSS.ready, kind: 'Pod', what: 'ready', ...named(pod) })),
  ];
}

function named({ pod, app, node }: PodPlacement) {
  return { name: pod, app, node };
}
