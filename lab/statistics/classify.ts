/**
 * Names the way requests were spread. At 2,000 independent choices over 4 pods: random traffic is called random in at least
 * 99 % of runs, a pod with 1.5 times its share skewed in at least 99 %, strict round-robin and pinned connections always.
 */
import { type ChiSquareResult, chiSquareTest } from './chi-square.ts';
import { countChoices, underDispersionP } from './dispersion.ts';
import { type Pinning, pinning } from './pinning.ts';
import { smallestDetectableSkew } from './power.ts';

export type Verdict = 'round-robin' | 'random' | 'pinned' | 'skewed' | 'too-few';

/** False alarms: one random run in a thousand is called skewed, and one in a thousand round-robin. */
export const ALPHA = 0.001;
/** "Random" may be said only where a pod with 1.5 times its share would have been found nine times in ten. */
export const RELEVANT_SKEW = 1.5;
export const POWER = 0.9;

export interface Classification {
  verdict: Verdict;
  counts: number[];
  chiSquare: ChiSquareResult;
  /** P of a sequence at least as regular, had each choice been independent. */
  underDispersionP: number;
  /** Smallest ratio to its share that would be found with power POWER at ALPHA; null when none would. */
  detectableSkew: number | null;
  pinning: Pinning | null;
}

export interface Choices {
  /** Category of each independent choice, from 0, in order of time; at least one. */
  choices: ArrayLike<number>;
  /** Expected share of each category; sum 1; at least two. */
  shares: number[];
  /** Connection and category of each request, when connections may be kept. */
  requests?: { connections: ArrayLike<number>; choices: ArrayLike<number> } | undefined;
}

/** Throws a RangeError for fewer than two categories or no choices. */
export function classify({ choices, shares, requests }: Choices): Classification {
  const counts = countChoices(choices, shares.length);
  const chiSquare = chiSquareTest(counts, shares);
  const underDispersion = underDispersionP(choices, shares);
  const strength = { alpha: ALPHA, power: POWER };
  const detectableSkew = smallestDetectableSkew(choices.length, shares.length, strength, Math.min(...shares));
  const pins = requests ? pinning(requests.connections, requests.choices, shares) : null;
  const facts = { counts, chiSquare, underDispersionP: underDispersion, detectableSkew, pinning: pins };
  return { verdict: verdictOf(facts), ...facts };
}

function verdictOf(facts: Omit<Classification, 'verdict'>): Verdict {
  if (facts.pinning?.pinned) return 'pinned';
  if (facts.underDispersionP < ALPHA) return 'round-robin';
  if (facts.chiSquare.upperP < ALPHA) return 'skewed';
  if (facts.detectableSkew === null || facts.detectableSkew > RELEVANT_SKEW) return 'too-few';
  return 'random';
}
