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

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
