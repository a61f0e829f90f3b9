/** One scenario, from setup to the raw record of what happened. */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { detectionSeconds } from '../checks/prediction.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { waitUntilReady } from '../cluster/wait.ts';
import type { CounterReading, DatabaseAudit, FaultHistory, PhaseHistory, RunHistory } from '../history/history.ts';
import type { LoadWorkers } from '../load/in-cluster/workers.ts';
import type { LoadProgress } from '../load/load.ts';
import type { Provider } from '../providers/provider.ts';
import { seededRandom } from '../statistics/random.ts';
import { waitUntilAllAnswer } from './all-answer.ts';
import { type Attachments, describeCluster, podLogs } from './attachments.ts';
import { auditDatabase, readTotals, type Totals } from './audit.ts';
import { startClock, type RunClock } from './clock.ts';
import { readCounters } from './counters.ts';
import { followCounters } from './counters-follower.ts';
import { describeEnvironment } from './environment.ts';
import { startFaults } from './faults.ts';
import { runGeneration, STATS, STORING_APP } from './generate.ts';
import { planPhases, type PlannedPhase, type Scenario } from './load-scenario.ts';
import { placements, startRecorder, type Recorder } from './recorder.ts';
import { runPlannedLoad } from './run-load.ts';
import { startPhaseWorkers } from './load-workers.ts';
import { applySetup } from './setup.ts';
import { type ResolvedTarget, Targets } from './targets.ts';
import { abortable, together } from './together.ts';
import { type Undo, undoAll } from './undo.ts';

const SETTLE_LIMIT_MS = 180_000;
const EVIDENCE_LIMIT_MS = 120_000;
const REACH_LIMIT_MS = 10_000;

export interface Progress {
  phase: (name: string, index: number, count: number) => void;
  load: (name: string, progress: LoadProgress) => void;
  note: (message: string) => void;
}

export interface RunOptions {
  seed: number;
  signal: AbortSignal;
  progress: Progress;
  /** How long to look for the evidence of a fault; two minutes if not given. */
  evidenceLimitMs?: number;
}

export interface RunRecord {
  history: RunHistory;
  /** For the report's `cluster/`. */
  attachments: Attachments;
}

interface Run extends Required<RunOptions> {
  cluster: Cluster;
  provider: Provider;
  targets: Targets;
  clock: RunClock;
  hash: string;
  random: () => number;
  recorder: Recorder;
  counters: CounterReading[];
  faults: FaultHistory[];
  /** Ways back from the faults, newest last. */
  heal: Undo[];
  apps: string[];
}

/**
 * Runs the scenario on a cluster where the system under test is deployed and ready. Faults are healed and the setup is undone
 * whatever happens. Throws when the run could not be carried out (the signal's reason when it was interrupted).
 */
export async function runScenario(
  scenario: Scenario,
  cluster: Cluster,
  provider: Provider,
  options: RunOptions,
): Promise<RunRecord> {
  const targets = new Targets(cluster);
  const undo: Undo[] = [];
  const heal: Undo[] = [];
  const startedAt = new Date();
  let recorder: Recorder | undefined;
  try {
    const plan = planPhases(scenario, detectionSeconds(await provider.timing()));
    // An earlier run's undoing may still be rolling out.
    await waitUntilReady(cluster, SETTLE_LIMIT_MS, options.signal);
    await applySetup(cluster, scenario.setup, undo, options.signal);
    const attachments = await describeCluster(cluster);
    const run = await prepare(plan, { cluster, provider, targets, heal }, options);
    recorder = run.recorder;
    const before = await readTotals(cluster);
    const phases: PhaseHistory[] = [];
    for (const [index, phase] of plan.entries()) {
      options.progress.phase(phase.name, index, plan.length);
      // What changed while nothing was sent need not have reached every node.
      if (index === 0 || plan[index - 1]!.loads.length === 0) await waitForPods(run, phase);
      phases.push(await runPhase(run, phase, phases.flatMap((earlier) => earlier.loads).length));
    }
    await undoAll(heal, options.progress.note);
    const audit = await closeBooks(run, before);
    run.recorder.stop();
    for (const [name, text] of await podLogs(cluster)) attachments.set(name, text);
    const history: RunHistory = {
      scenario: pickScenario(scenario),
      run: {
        id: runId(startedAt, run.hash),
        hash: run.hash,
        seed: options.seed,
        startedAtIso: startedAt.toISOString(),
        durationMs: run.clock.now(),
      },
      environment: await describeEnvironment(cluster, provider, run.apps[0] ?? 'log-processor'),
      phases,
      faults: run.faults,
      events: run.recorder.events,
      counters: run.counters,
      audit,
      expectations: scenario.expect,
      aborted: null,
    };
    await undoAll(undo, options.progress.note);
    return { history, attachments };
  } catch (error) {
    recorder?.stop();
    // What failed first is what matters; a failure to undo has been told.
    await undoAll([...undo, ...heal], options.progress.note).catch(() => undefined);
    throw error;
  } finally {
    await targets.close();
  }
}

async function prepare(
  plan: PlannedPhase[],
  { cluster, provider, targets, heal }: Pick<Run, 'cluster' | 'provider' | 'targets' | 'heal'>,
  options: RunOptions,
): Promise<Run> {
  const clock = startClock();
  const random = seededRandom(options.seed);
  const apps = new Set<string>();
  const loads = plan.flatMap((phase) => phase.loads);
  const fromHere = new Set(loads.filter(({ workers }) => workers === undefined).map(({ target }) => target));
  const fromPods = new Set(loads.filter(({ workers }) => workers !== undefined).map(({ target }) => target));
  const note = (target: string, { app, via }: ResolvedTarget): void => {
    apps.add(app);
    options.progress.note(`${target} by ${via}`);
  };
  for (const target of fromHere) note(target, await targets.resolve(target));
  for (const target of fromPods) note(target, await targets.resolveForPods(target));
  if (plan.some((phase) => phase.generate)) {
    apps.add(STORING_APP);
    await targets.resolve(STATS.target);
  }
  return {
    evidenceLimitMs: EVIDENCE_LIMIT_MS,
    ...options,
    cluster,
    provider,
    targets,
    clock,
    hash: randomBytes(6).toString('hex'),
    random: () => random.next(),
    recorder: await startRecorder(cluster, clock),
    counters: await readCounters(cluster, [...apps], clock),
    faults: [],
    heal,
    apps: [...apps],
  };
}

/** A pod that does not answer is not this run's failure: what comes of it is what the run shows. */
async function waitForPods({ cluster, targets, signal, progress }: Run, { loads }: PlannedPhase): Promise<void> {
  const fromHere = loads.filter(({ workers }) => workers === undefined);
  for (const name of new Set(fromHere.map(({ target }) => target))) {
    const target = await targets.resolve(name);
    // An ingress would count the questions among the answers of the load's own path.
    if (target.balancing !== 'per-connection' || target.remembersClients) continue;
    const ready = (await placements(cluster)).filter(({ app, ready }) => ready && app === target.app);
    const missing = await waitUntilAllAnswer(
      target,
      ready.map(({ pod }) => pod),
      REACH_LIMIT_MS,
      signal,
    );
    if (missing.length > 0) progress.note(`${name}: no answer yet from ${missing.join(', ')}`);
  }
}

async function runPhase(run: Run, phase: PlannedPhase, firstLoadIndex: number): Promise<PhaseHistory> {
  // Before the phase begins: pods take seconds to start, and faults count from the phase's start.
  const workers = await startPhaseWorkers(run, phase, firstLoadIndex);
  const undo: Undo[] = workers.filter((crew) => crew !== undefined).map((crew) => () => crew.close());
  try {
    const history = await runStaffedPhase(run, phase, firstLoadIndex, workers);
    await undoAll(undo, run.progress.note);
    return history;
  } catch (error) {
    await undoAll(undo, run.progress.note).catch(() => undefined);
    throw error;
  }
}

async function runStaffedPhase(
  run: Run,
  phase: PlannedPhase,
  firstLoadIndex: number,
  workers: readonly (LoadWorkers | undefined)[],
): Promise<PhaseHistory> {
  const podsAtStart = await placements(run.cluster);
  const startedAt = run.clock.now();
  run.recorder.note(phase.name, 'phase-started');
  const follower = phase.faults.length > 0 ? followCounters(run.cluster, run.apps, run.clock) : undefined;
  const [loads, generation] = await together(run.signal, (signal) => {
    const part = { ...run, signal };
    return [
      Promise.all(phase.loads.map((load, index) => runPlannedLoad(part, load, firstLoadIndex + index, workers[index]))),
      phase.generate &&
        abortable(runGeneration(run.cluster, run.targets, run.clock, phase.generate, newSeed(run)), signal),
      delay(phase.durationMs, undefined, { signal }),
      startFaults(part, phase),
    ] as const;
  }).finally(() => run.counters.push(...(follower?.stop() ?? [])));
  const endedAt = run.clock.now();
  run.counters.push(...(await readCounters(run.cluster, run.apps, run.clock)));
  const podsAtEnd = await placements(run.cluster);
  return { name: phase.name, startedAt, endedAt, loads, ...(generation && { generation }), podsAtStart, podsAtEnd };
}

/** For log-generator, whose ids follow from the seed: of this run and moment, so that no other run has made them. */
function newSeed({ hash, clock }: Run): number {
  return Number.parseInt(hash, 16) + Math.floor(clock.now());
}

/** The last counters and the audit, once everything is ready again: a database that is away has nothing to say. */
async function closeBooks(run: Run, before: Totals): Promise<DatabaseAudit> {
  const base = { rollupTotalBefore: before.rollup, rawTotalBefore: before.raw };
  try {
    await waitUntilReady(run.cluster, SETTLE_LIMIT_MS, run.signal);
    run.counters.push(...(await readCounters(run.cluster, run.apps, run.clock)));
    const { rows, totals } = await auditDatabase(run.cluster, run.hash);
    return { ...base, rows, error: null, rollupTotalAfter: totals.rollup, rawTotalAfter: totals.raw };
  } catch (error) {
    if (run.signal.aborted) throw error;
    return { ...base, rows: null, error: (error as Error).message, rollupTotalAfter: null, rawTotalAfter: null };
  }
}

function pickScenario({ name, title, question, theory, text, sha256 }: Scenario): RunHistory['scenario'] {
  return { name, title, question, theory, text, sha256 };
}

/** Sorts by time and tells runs of the same second apart. */
function runId(startedAt: Date, hash: string): string {
  return `${startedAt.toISOString().slice(0, 19).replaceAll(':', '').replace('T', '-')}-${hash.slice(0, 4)}`;
}
