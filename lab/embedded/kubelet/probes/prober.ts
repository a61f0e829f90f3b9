/** Probes a container again and again, and says when the verdict changes. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Probe } from 'kubernetes-types/core/v1.js';
import type { Outcome } from './outcome.ts';

export type ProbeKind = 'startup' | 'readiness' | 'liveness';

const EARLY_INTERVAL_MS = 100;
const EARLY_LIMIT_MS = 10_000;

export interface ProberOptions {
  kind: ProbeKind;
  probe: Probe;
  /** One try; must not reject. */
  attempt: (timeoutMs: number) => Promise<Outcome>;
  /** Called when as many successes or failures as the threshold asks for have come in a row. */
  verdict: (healthy: boolean) => void;
  /** Called for each failure that counts. */
  failed: (message: string) => void;
  /** Ends the probing. */
  signal: AbortSignal;
}

/**
 * Resolves when the signal aborts, and for a startup probe also with the first verdict.
 *
 * Unlike in Kubernetes, a startup or readiness probe is first tried at once and then every 100 ms until it succeeds, for
 * 10 s at most. That makes a lab start as fast as its programs do and not in steps of whole seconds. Failures of these
 * early tries do not count and are not reported: thresholds count at the probe's own period only. The first
 * liveness probe comes after one period, since a program that has just been started does not listen yet.
 */
export async function runProber({ kind, probe, attempt, verdict, failed, signal }: ProberOptions): Promise<void> {
  const periodMs = (probe.periodSeconds ?? 10) * 1000;
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
  const thresholds = { true: probe.successThreshold ?? 1, false: probe.failureThreshold ?? 3 };
  let streak = { ok: false, length: 0 };
  const count = (outcome: Outcome): boolean => {
    streak = { ok: outcome.ok, length: outcome.ok === streak.ok ? streak.length + 1 : 1 };
    if (!outcome.ok) failed(outcome.message);
    const decided = streak.length >= thresholds[`${outcome.ok}`];
    if (decided) verdict(outcome.ok);
    return decided;
  };
  const sleep = (ms: number): Promise<undefined> => delay(ms, undefined, { signal });

  try {
    await sleep((probe.initialDelaySeconds ?? 0) * 1000);
    const earlyUntil = performance.now() + EARLY_LIMIT_MS;
    let early = kind !== 'liveness';
    for (;;) {
      const success = early ? await firstSuccess(() => attempt(timeoutMs), periodMs, sleep) : await sleep(periodMs);
      const outcome = success ?? (await attempt(timeoutMs));
      signal.throwIfAborted();
      if (count(outcome) && kind === 'startup') return;
      early &&= !outcome.ok && performance.now() < earlyUntil;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Undefined when a period has passed without success. */
async function firstSuccess(
  attempt: () => Promise<Outcome>,
  periodMs: number,
  sleep: (ms: number) => Promise<unknown>,
): Promise<Outcome | undefined> {
  const deadline = performance.now() + periodMs;
  while (performance.now() < deadline) {
    const outcome = await attempt();
    if (outcome.ok) return outcome;
    await sleep(EARLY_INTERVAL_MS);
  }
  return undefined;
}
