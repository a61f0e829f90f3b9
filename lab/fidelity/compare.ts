/** Where two answers differ. */

export interface Divergence {
  /** Like `body.spec.containers[0].image`. */
  path: string;
  /** The real cluster's; undefined when it has nothing there. */
  real: unknown;
  embedded: unknown;
}

/** One entry for each leaf, or each whole value that only one side has. */
export function divergences(real: unknown, embedded: unknown, path = ''): Divergence[] {
  if (Array.isArray(real) && Array.isArray(embedded)) {
    if (real.length !== embedded.length && [...real, ...embedded].every((item) => typeof item === 'string')) {
      return missingLines(real as string[], embedded as string[], path);
    }
    const length = Math.max(real.length, embedded.length);
    return Array.from({ length }, (_, index) => index).flatMap((index) =>
      divergences(real[index], embedded[index], `${path}[${index}]`),
    );
  }
  if (isRecord(real) && isRecord(embedded)) {
    const keys = new Set([...Object.keys(real), ...Object.keys(embedded)]);
    return [...keys].flatMap((key) => divergences(real[key], embedded[key], path === '' ? key : `${path}.${key}`));
  }
  return Object.is(real, embedded) ? [] : [{ path, real, embedded }];
}

/** Lines that only one side has, each named by its place there: what follows them is not compared out of step. */
function missingLines(real: readonly string[], embedded: readonly string[], path: string): Divergence[] {
  const common = commonLengths(real, embedded);
  const found: Divergence[] = [];
  let [i, j] = [0, 0];
  while (i < real.length || j < embedded.length) {
    if (i < real.length && real[i] === embedded[j]) [i, j] = [i + 1, j + 1];
    else if (j === embedded.length || (i < real.length && common[i + 1]![j]! >= common[i]![j + 1]!)) {
      found.push({ path: `${path}[${i}]`, real: real[i++], embedded: undefined });
    } else found.push({ path: `${path}[${j}]`, real: undefined, embedded: embedded[j++] });
  }
  return found;
}

/** `[i][j]`: the length of the longest common subsequence of both lists from there on. */
function commonLengths(real: readonly string[], embedded: readonly string[]): number[][] {
  const lengths = Array.from({ length: real.length + 1 }, () => Array.from({ length: embedded.length + 1 }, () => 0));
  for (let i = real.length - 1; i >= 0; i--) {
    for (let j = embedded.length - 1; j >= 0; j--) {
      lengths[i]![j] =
        real[i] === embedded[j] ? 1 + lengths[i + 1]![j + 1]! : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!);
    }
  }
  return lengths;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
