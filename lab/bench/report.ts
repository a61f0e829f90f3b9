/** What a report over a million operations costs, in processes of their own: made from a run, and verified from its files. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RAW_FILES } from '../history/store.ts';
import { type Figure, median } from './figure.ts';

export const OPERATIONS = 1_000_000;
const ROUNDS = 5;

export interface ReportCost {
  /** Directory of the report. */
  report: string;
  seconds: number;
  /** Of all threads; on a machine that does nothing else, `seconds` is about this or less. */
  processorSeconds: number;
  /** The most memory that the process ever held. */
  megabytes: number;
}

/** Takes about a minute. */
export async function benchReport(say: (line: string) => void): Promise<Figure[]> {
  const made: ReportCost[] = [];
  const verified: ReportCost[] = [];
  let storedBytes = 0;
  for (let round = 1; round <= ROUNDS; round++) {
    say(`report: round ${round} of ${ROUNDS}`);
    const reports = await mkdtemp(join(tmpdir(), 'log-lab-bench-'));
    try {
      const cost = await costOf('make', reports);
      made.push(cost);
      verified.push(await costOf('verify', cost.report));
      storedBytes = (await stat(join(cost.report, RAW_FILES.operations))).size;
    } finally {
      await rm(reports, { recursive: true, force: true });
    }
  }
  return [...costFigures('made and stored', made), ...costFigures('verified', verified), storageFigure(storedBytes)];
}

/** Throws when the process fails. */
async function costOf(action: 'make' | 'verify', directory: string): Promise<ReportCost> {
  const child = fork(new URL('report-run.ts', import.meta.url), [action, directory]);
  const answer = once(child, 'message');
  const failure = once(child, 'exit').then(([code]) => {
    throw new Error(`report ${action} ended with ${code}`);
  });
  const [cost] = (await Promise.race([answer, failure])) as [ReportCost];
  return cost;
}

function costFigures(what: string, costs: ReportCost[]): Figure[] {
  const processor = median(costs.map(({ processorSeconds }) => processorSeconds)).toFixed(2);
  const seconds = costs.map((cost) => cost.seconds);
  const megabytes = costs.map((cost) => cost.megabytes);
  return [
    figure(what, 's', 5, seconds, `${listed(seconds, 2)}; ${processor} s of processor time`),
    figure(what, 'MB', 500, megabytes, listed(megabytes, 0)),
  ];
}

function listed(samples: number[], digits: number): string {
  return `median of ${samples.map((sample) => sample.toFixed(digits)).join(' ')}`;
}

function figure(what: string, unit: string, limit: number, samples: number[], detail: string): Figure {
  const name = `report over ${OPERATIONS.toLocaleString('en')} operations, ${what}`;
  const value = median(samples);
  return { name, value, unit, target: `< ${limit} ${unit}`, reached: value < limit, detail };
}

function storageFigure(bytes: number): Figure {
  const value = bytes / OPERATIONS;
  const name = 'report: stored history, bytes per operation';
  const detail = `${RAW_FILES.operations} of the last round`;
  return { name, value, unit: 'B', target: '<= 40 B', reached: value <= 40, detail };
}
