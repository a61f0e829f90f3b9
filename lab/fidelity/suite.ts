/** Runs cases on a side, several at once, and those of exclusive groups one after the other. */
import type { Answer, Case, Group } from './case.ts';
import type { Side } from './side.ts';

/** Cases mostly wait, for pods or for time to pass. */
const AT_ONCE = 8;

export interface Outcome {
  answer?: Answer;
  /** Why the case could not be run to its end. */
  error?: Error;
}

/** By the name of the case. `done` hears of each as it ends. */
export async function runCases(
  side: Side,
  groups: readonly Group[],
  wanted: (item: Case) => boolean,
  done: (item: Case, outcome: Outcome, seconds: number) => void,
): Promise<void> {
  const select = (list: readonly Group[]): Case[] => list.flatMap(({ cases }) => cases).filter(wanted);
  const run = async (item: Case): Promise<void> => {
    const startedAt = performance.now();
    const outcome = await side.run(item).then(
      (answer): Outcome => ({ answer }),
      (error: Error): Outcome => ({ error }),
    );
    done(item, outcome, (performance.now() - startedAt) / 1000);
  };
  await pool(select(groups.filter(({ exclusive }) => !exclusive)), AT_ONCE, run);
  await pool(select(groups.filter(({ exclusive }) => exclusive)), 1, run);
}

async function pool<T>(items: readonly T[], width: number, run: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const work = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await run(item);
  };
  await Promise.all(Array.from({ length: width }, work));
}
