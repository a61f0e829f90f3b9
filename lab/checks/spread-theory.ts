/** What theory predicts for a number of independent choices, and why the picture looks as it does, in words. */
import { emptyBins, fullestBin } from '../statistics/balls-into-bins.ts';
import { ALPHA, type Classification, POWER, RELEVANT_SKEW, type Verdict } from '../statistics/classify.ts';

export interface SpreadTheory {
  /** Of bins that are equally likely: expected share of the fullest, its 99 % bound, and the expected number of empty ones. */
  equalBins: {
    expectedMaxShare: number;
    maxShareBound: number;
    expectedEmpty: number;
    method: 'exact' | 'asymptotic';
  } | null;
  /** Smallest ratio to its share at which a category would have been found; null when none would. */
  detectableSkew: number | null;
  words: string;
}

interface Share {
  name: string;
  share: number;
  expectedShare: number;
}

export function spreadTheory(choices: number, shares: Share[], test: Classification): SpreadTheory {
  const equal = shares.every(({ expectedShare }) => Math.abs(expectedShare - 1 / shares.length) < 1e-9);
  const theory = {
    equalBins: equal ? throwBalls(choices, shares.length) : null,
    detectableSkew: test.detectableSkew,
  };
  return { ...theory, words: EXPLANATIONS[test.verdict](test, theory, shares) };
}

function throwBalls(balls: number, bins: number): NonNullable<SpreadTheory['equalBins']> {
  const { expectedMaxShare, distribution, method } = fullestBin(balls, bins);
  return {
    expectedMaxShare,
    maxShareBound: upperBound(distribution, 0.99) ?? expectedMaxShare,
    expectedEmpty: emptyBins(balls, bins).expected,
    method,
  };
}

/** Smallest share that the largest one exceeds in at most 1 - probability of the cases. */
function upperBound(distribution: { share: number; probability: number }[], probability: number): number | undefined {
  let below = 0;
  return distribution.find((entry) => (below += entry.probability) >= probability)?.share;
}

type Facts = Omit<SpreadTheory, 'words'>;

const EXPLANATIONS: Record<Verdict, (test: Classification, theory: Facts, shares: Share[]) => string> = {
  random: (_, theory) =>
    `Each choice was made as if by an independent throw of a die. Chance alone makes shares differ${largestExpected(theory)}. One with ${theory.detectableSkew!.toFixed(2)} times its share would have been found (power ${POWER * 100} % at a false-alarm rate of ${ALPHA * 100} %).`,
  'round-robin': (test, theory) =>
    `The choices are more even than chance allows (p = ${probability(test.underDispersionP)} for anything so regular): something takes turns. Independent choices would have differed more${largestExpected(theory)}.`,
  skewed: (test, _, shares) =>
    `${skewWords(shares)}; chance explains differences this large with p = ${probability(test.chiSquare.upperP)}. Something prefers some of them, or some answered less.`,
  pinned: pinnedWords,
  'too-few': (_, theory) =>
    `Too few independent choices to tell: one would need ${theory.detectableSkew ? `${theory.detectableSkew.toFixed(2)} times its share` : 'more than everything'} to be found, and ${RELEVANT_SKEW} times is what matters here.`,
};

function largestExpected({ equalBins }: Facts): string {
  return equalBins ? `: of so many, ${percent(equalBins.expectedMaxShare)} are expected on the fullest` : '';
}

function skewWords(shares: Share[]): string {
  const top = shares.reduce((a, b) => (b.share / b.expectedShare > a.share / a.expectedShare ? b : a));
  return `${top.name} received ${(top.share / top.expectedShare).toFixed(2)} times its share`;
}

function pinnedWords({ pinning }: Classification, { equalBins }: Facts): string {
  const { connections, requestsPerConnection } = pinning!;
  const choices = `All ${connections} connections stayed where their first request went, and each carried ${requestsPerConnection.toFixed(0)} requests: a Service chooses once per connection. So only ${connections} choices were made, however many requests followed`;
  if (!equalBins) return `${choices}.`;
  const { expectedMaxShare, expectedEmpty } = equalBins;
  return `${choices}; balls into bins expect ${percent(expectedMaxShare)} on the fullest and ${expectedEmpty.toFixed(expectedEmpty < 0.1 ? 3 : 1)} without any.`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function probability(p: number): string {
  return p < 0.0001 ? 'less than 0.0001' : p.toPrecision(2);
}
