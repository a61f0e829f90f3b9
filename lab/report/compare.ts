/** Compares stored runs: reads their raw files, recomputes, and says which metrics are better, worse, or cannot be told. */
import { analyse } from '../checks/analyse.ts';
import { type Compared, compareRuns } from '../checks/comparison.ts';
import { readHistory } from '../history/store.ts';
import { differingPaths } from './differing-paths.ts';
import { formatValue, NONE } from './format.ts';

export interface Comparison {
  metrics: Compared[];
  /** What differs between the first runs of both sides in scenario and environment: the difference may come from there. */
  circumstances: string[];
}

/** Directories of stored runs, at least one on each side. Throws CorruptFile or a RangeError, see compareRuns. */
export async function compareStored(baseline: string[], candidate: string[]): Promise<Comparison> {
  const [first, second] = [await readAll(baseline), await readAll(candidate)];
  const metrics = compareRuns(first, second);
  const circumstances = differingPaths(circumstancesOf(second[0]!), circumstancesOf(first[0]!));
  return { metrics, circumstances };
}

async function readAll(directories: string[]) {
  const runs = [];
  for (const directory of directories) {
    const history = await readHistory(directory);
    runs.push({ history, analysis: analyse(history) });
  }
  return runs;
}

function circumstancesOf({ history }: Awaited<ReturnType<typeof readAll>>[number]) {
  return { scenarioSha256: history.scenario.sha256, ...history.environment };
}

const BASES = {
  runs: 'runs (Hodges-Lehmann)',
  seconds: 'seconds of one run (Hodges-Lehmann)',
  requests: 'requests (Newcombe)',
  exact: 'must be 0',
  none: 'one value each',
};

/** Markdown. Metrics with a verdict first; those that are the same are only counted. */
export function renderComparison({ metrics, circumstances }: Comparison): string {
  const order = ['worse', 'better', 'cannot tell'];
  const told = metrics
    .filter(({ verdict }) => verdict !== 'same')
    .toSorted((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  const rows = told.map(({ metric, unit, baseline, candidate, difference, basis, verdict }) => {
    const value = (number: number) => formatValue(number, unit);
    const interval = difference
      ? `${value(difference.estimate)} [${value(difference.low)}, ${value(difference.high)}]`
      : NONE;
    return `| \`${metric}\` | ${value(baseline)} | ${value(candidate)} | ${interval} | ${verdict} | ${BASES[basis]} |`;
  });
  return [
    'Candidate against baseline. Differences with 95 % intervals, each on its own: of twenty metrics that did not change, one is expected to look changed.',
    '',
    '| Metric | Baseline | Candidate | Difference | Verdict | Compared by |',
    '| --- | ---: | ---: | ---: | --- | --- |',
    ...rows,
    '',
    `${metrics.length - told.length} of ${metrics.length} metrics are the same.`,
    ...(circumstances.length > 0
      ? ['', 'The runs differ in circumstances:', ...circumstances.map((line) => `- ${line}`)]
      : []),
    '',
  ].join('\n');
}
