/** How the load was spread over pods and over nodes, tested against what independent choices would give. */
import type { LoadHistory, PhaseHistory } from '../history/history.ts';
import { type Classification, classify, type Verdict } from '../statistics/classify.ts';
import { bonferroni, type Interval, wilsonInterval } from '../statistics/proportion.ts';
import { normalQuantile } from '../statistics/distributions.ts';
import { coefficientOfVariation, jainIndex, maxOverMean, totalVariationDistance } from '../statistics/spread.ts';
import { type Choices, choicesOf } from './choices.ts';
import { readyPods } from './scope.ts';
import { type SpreadTheory, spreadTheory } from './spread-theory.ts';

export interface Distribution {
  over: 'pods' | 'nodes';
  /** What is chosen independently. */
  unit: 'connection' | 'request';
  shares: CategoryShare[];
  /** Independent choices with an answer, and those without one. */
  choices: number;
  unattributed: number;
  /** Answered requests; several may follow from one choice. */
  requests: number;
  /** Evenness of the requests served. */
  jain: number;
  maxOverMean: number;
  coefficientOfVariation: number;
  /** Distance of the choices from the expected shares. */
  totalVariation: number;
  test: Classification | null;
  verdict: Verdict | null;
  theory: SpreadTheory | null;
  /** Why there is no test; null when there is one. */
  untested: string | null;
}

interface CategoryShare {
  name: string;
  /** Of a pod. */
  node: string | null;
  choices: number;
  requests: number;
  share: number;
  /** At 99 % for all categories together (Wilson with Bonferroni). */
  interval: Interval;
  expectedShare: number;
  /** Where 99 % of random runs have all their shares. */
  expected: Interval;
}

/** Above this part of choices without an answer, who they went to matters. */
const MOST_UNATTRIBUTED = 0.05;
const CONFIDENCE = 0.99;

export interface Distributions {
  pods: Distribution;
  nodes: Distribution;
}

/** Null when the loads are not comparable (different apps or ways of balancing) or nothing was answered. */
export function measureDistributions(loads: LoadHistory[], phase: PhaseHistory): Distributions | null {
  const [first] = loads;
  if (!first || loads.some((load) => load.app !== first.app || load.balancing !== first.balancing)) return null;
  const choices = choicesOf(loads);
  if (choices.chosen.length === 0) return null;
  const ready = readyPods(phase, first.app);
  const nodeOf = new Map(ready.pods);
  for (const { pod, node } of choices.pods) if (!nodeOf.has(pod)) nodeOf.set(pod, node);
  const untested = untestable(first, choices, ready.stable && nodeOf.size === ready.pods.size);

  const pods = [...nodeOf].sort(([a], [b]) => (a < b ? -1 : 1));
  const nodes = [...new Set(pods.map(([, node]) => node))].sort();
  const podShares = pods.map(([name, node]) => ({ name, node, expectedShare: 1 / pods.length }));
  const nodeShares = nodes.map((name) => ({
    name,
    node: null,
    expectedShare: pods.filter(([, node]) => node === name).length / pods.length,
  }));
  return {
    pods: distribution('pods', choices, podShares, ({ pod }) => pod, untested),
    nodes: distribution('nodes', choices, nodeShares, ({ pod }) => nodeOf.get(pod)!, untested),
  };
}

function untestable({ balancing }: LoadHistory, choices: Choices, stable: boolean): string | null {
  if (balancing === 'none') return 'the load came through a port-forward, whose one pod takes everything';
  if (!stable) return 'the set of ready pods changed during the phase, so that no shares can be expected';
  const all = choices.chosen.length + choices.unattributed;
  if (choices.unattributed / all > MOST_UNATTRIBUTED) {
    return `${choices.unattributed} of ${all} ${choices.unit}s had no answer, so that nobody knows where they went`;
  }
  return null;
}

type Expected = Pick<CategoryShare, 'name' | 'node' | 'expectedShare'>;

function distribution(
  over: Distribution['over'],
  choices: Choices,
  expected: Expected[],
  category: (answer: Choices['pods'][number]) => string,
  untestable: string | null,
): Distribution {
  const index = new Map(expected.map(({ name }, position) => [name, position]));
  const positions = choices.pods.map((answer) => index.get(category(answer))!);
  const chosen = mapped(choices.chosen, positions);
  const requested = choices.answered === choices.chosen ? chosen : mapped(choices.answered, positions);
  const shares = shareTable(expected, tally(chosen, expected.length), tally(requested, expected.length));
  const untested = untestable ?? (expected.length < 2 ? `there is only one of the ${over} to choose` : null);
  const test = untested
    ? null
    : classify({
        choices: chosen,
        shares: expected.map(({ expectedShare }) => expectedShare),
        requests: { connections: choices.connections, choices: requested },
      });
  const requests = shares.map((share) => share.requests);
  return {
    over,
    unit: choices.unit,
    shares,
    choices: chosen.length,
    unattributed: choices.unattributed,
    requests: requested.length,
    jain: jainIndex(requests),
    maxOverMean: maxOverMean(requests),
    coefficientOfVariation: coefficientOfVariation(requests),
    totalVariation: totalVariationDistance(
      shares.map(({ share }) => share),
      shares.map(({ expectedShare }) => expectedShare),
    ),
    test,
    verdict: test?.verdict ?? null,
    theory: test && spreadTheory(chosen.length, shares, test),
    untested,
  };
}

/** The categories of pods that are given by their index. */
function mapped(pods: Uint32Array, categories: number[]): Uint32Array {
  return pods.map((pod) => categories[pod]!);
}

function tally(choices: Uint32Array, categories: number): number[] {
  const counts = Array.from({ length: categories }, () => 0);
  for (const choice of choices) counts[choice]! += 1;
  return counts;
}

function shareTable(expected: Expected[], choices: number[], requests: number[]): CategoryShare[] {
  const total = choices.reduce((sum, count) => sum + count, 0);
  const confidence = bonferroni(CONFIDENCE, expected.length);
  const z = normalQuantile(1 - (1 - confidence) / 2);
  return expected.map((category, position) => {
    const p = category.expectedShare;
    const reach = z * Math.sqrt((p * (1 - p)) / total);
    return {
      ...category,
      choices: choices[position]!,
      requests: requests[position]!,
      share: choices[position]! / total,
      interval: wilsonInterval(choices[position]!, total, confidence),
      expected: { low: Math.max(0, p - reach), high: Math.min(1, p + reach) },
    };
  });
}
