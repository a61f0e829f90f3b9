/** The outcome of a run: pass, fail, or unknown when it could not be judged. */
import type { RunHistory } from '../history/history.ts';
import type { Analysis } from './analyse.ts';
import { outlineOf, type PhaseOutline } from './catalogue.ts';
import { evaluate, type Judged, type Outcome, parseExpectation } from './expectations.ts';
import { predictNotReady } from './prediction.ts';
import { allLoads } from './scope.ts';

export interface Judgement {
  outcome: Outcome;
  /** Why it is not a pass; empty when it is. */
  reasons: string[];
  expectations: Judged[];
}

/**
 * Doubts about the measuring come before the expectations: where a fault has no evidence or the books part, a kept
 * expectation proves nothing and a broken one accuses nobody. `outline` names the phases that the scenario has, when the
 * run was ended before it reached them all.
 */
export function judge(
  history: RunHistory,
  analysis: Analysis,
  outline: PhaseOutline[] = outlineOf(history),
): Judgement {
  const detection = predictNotReady(history.environment.timing)?.high ?? null;
  const expectations = history.expectations.map((text) => judgeOne(text, outline, analysis, detection));
  const doubts = [...runDoubts(history), ...workerDoubts(history), ...faultDoubts(history), ...checkerDoubts(analysis)];
  const failed = expectations.filter(({ outcome }) => outcome === 'fail');
  const open = expectations.filter(({ outcome }) => outcome === 'unknown');
  if (doubts.length > 0) return { outcome: 'unknown', reasons: doubts, expectations };
  if (failed.length > 0) return { outcome: 'fail', reasons: failed.map(({ text }) => `not so: ${text}`), expectations };
  const reasons = open.map(({ text, reason }) => `cannot tell: ${text} (${reason})`);
  return { outcome: open.length > 0 ? 'unknown' : 'pass', reasons, expectations };
}

function judgeOne(text: string, outline: PhaseOutline[], analysis: Analysis, detection: number | null): Judged {
  try {
    return evaluate(parseExpectation(text, outline), analysis.metrics, detection);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { text, metric: '', unit: 'word', measured: null, outcome: 'unknown', reason: error.message };
  }
}

function runDoubts(history: RunHistory): string[] {
  const doubts = history.aborted === null ? [] : [`the run was ended early: ${history.aborted}`];
  if (history.audit.rows === null)
    doubts.push(`the database could not be read: ${history.audit.error ?? 'no reason given'}`);
  if (history.expectations.length === 0) doubts.push('the scenario expects nothing');
  return doubts;
}

/** What a worker did that is not in the record, nobody knows. */
function workerDoubts(history: RunHistory): string[] {
  return allLoads(history).flatMap(({ spec, workers = [] }) =>
    workers
      .filter(({ error }) => error !== null)
      .map(({ pod, error }) => `load ${spec.name} was not made as asked: worker ${pod}: ${error}`),
  );
}

function faultDoubts(history: RunHistory): string[] {
  return history.faults.flatMap(({ kind, target, error, evidence }) => {
    if (error !== null) return [`the fault ${kind}${target && ` on ${target}`} failed: ${error}`];
    return evidence.length === 0 ? [`nothing shows that the fault ${kind} on ${target} took effect`] : [];
  });
}

function checkerDoubts(analysis: Analysis): string[] {
  return [
    ...analysis.crashes.map(({ checker, message }) => `the checker ${checker} crashed: ${message}`),
    ...(analysis.books?.reconciled === false
      ? analysis.books.differences.map((difference) => `the books part: ${difference}`)
      : []),
    ...(analysis.books?.reconciled === null
      ? analysis.books.notes.map((note) => `the books could not be compared: ${note}`)
      : []),
  ];
}
