/** Injects a phase's faults at their times and looks for the evidence that they took effect. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from '../cluster/cluster.ts';
import { UnsupportedFault, type FaultContext, type PlannedFault } from '../faults/fault.ts';
import { FAULTS } from '../faults/registry.ts';
import type { FaultHistory } from '../history/history.ts';
import type { Provider } from '../providers/provider.ts';
import type { RunClock } from './clock.ts';
import type { PlannedPhase } from './load-scenario.ts';
import type { Recorder } from './recorder.ts';
import { together } from './together.ts';
import type { Undo } from './undo.ts';

export interface FaultRun {
  cluster: Cluster;
  provider: Provider;
  clock: RunClock;
  random: () => number;
  signal: AbortSignal;
  recorder: Recorder;
  faults: FaultHistory[];
  heal: Undo[];
  /** How long to look for the evidence of a fault. */
  evidenceLimitMs: number;
  progress: { note: (message: string) => void };
}

const EVIDENCE_POLL_MS = 100;

/** Resolves when all faults of the phase have been injected and their evidence was found, or was not in time. */
export async function startFaults(run: FaultRun, phase: PlannedPhase): Promise<void> {
  const startedAt = run.clock.now();
  await together(run.signal, (signal) =>
    phase.faults.map(async ({ atMs, section }) => {
      const kind = Object.keys(section).find((key) => key !== 'at')!;
      await delay(atMs, undefined, { signal });
      await injectFault(
        { ...run, signal },
        phase.name,
        kind,
        (section as Record<string, unknown>)[kind],
        startedAt + atMs,
      );
    }),
  );
}

async function injectFault(
  run: FaultRun,
  phase: string,
  kind: string,
  options: unknown,
  plannedAt: number,
): Promise<void> {
  const fault = FAULTS[kind]!;
  const history: FaultHistory = {
    phase,
    kind,
    target: '',
    selector: fault.describe(options),
    plannedAt,
    startedAt: run.clock.now(),
    endedAt: run.clock.now(),
    healedAt: null,
    evidence: [],
    error: null,
  };
  run.faults.push(history);
  const context: FaultContext = { ...run, nodePower: run.provider.nodePower, earlier: run.faults.slice(0, -1) };
  try {
    const planned = await fault.plan(options, context);
    history.target = planned.target;
    const { heal } = planned;
    if (heal) {
      run.heal.push(async () => {
        if (history.healedAt !== null) return;
        await heal();
        history.healedAt = run.clock.now();
      });
    }
    history.startedAt = run.clock.now();
    run.recorder.note(planned.target, kind, history.selector);
    run.progress.note(`${kind} on ${planned.target}`);
    await planned.inject();
    history.endedAt = run.clock.now();
    if (planned.repairs) planned.repairs.healedAt = history.endedAt;
    await findEvidence(run, planned, history);
  } catch (error) {
    if (run.signal.aborted) throw error;
    history.error = error instanceof UnsupportedFault ? error.message : `${kind} failed: ${(error as Error).message}`;
  }
}

async function findEvidence(run: FaultRun, planned: PlannedFault, history: FaultHistory): Promise<void> {
  const deadline = performance.now() + run.evidenceLimitMs;
  while (performance.now() < deadline) {
    const what = await planned.evidence().catch(() => undefined);
    if (what !== undefined) {
      history.evidence.push({ at: run.clock.now(), what });
      return;
    }
    await delay(EVIDENCE_POLL_MS, undefined, { signal: run.signal });
  }
}
