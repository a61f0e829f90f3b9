/** A measured figure, beside what it is to reach. */

export interface Figure {
  name: string;
  value: number;
  unit: string;
  /** What was aimed at, for people: `< 3 s`, `>= 0.75`; empty when nothing was. */
  target: string;
  reached: boolean;
  /** How the value came about: samples, peers. */
  detail: string;
}

/** Of an unsorted list that is not empty; the mean of the middle two when there are two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
