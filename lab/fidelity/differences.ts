/**
 * Where the embedded cluster answers otherwise than a real one, and why it may. The suite fails as soon as one of these is no
 * longer seen, so that the list stays true.
 */

export interface Difference {
  /** Names of cases; `*` stands for any text. */
  cases: string;
  /** Paths in their answers, with `*` likewise. */
  paths: readonly string[];
  /** What the real cluster's value looks like as JSON, where the path alone would cover too much. */
  real?: RegExp;
  reason: string;
}

export const DIFFERENCES: readonly Difference[] = [];
