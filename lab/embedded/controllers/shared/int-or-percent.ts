/** Settings that are a number of pods or a share of them: `2` or `25%`. */

/** The number of pods meant, out of `total`. Throws RangeError when it is neither a number nor a percentage. */
export function resolveIntOrPercent(value: number | string, total: number, rounding: 'up' | 'down'): number {
  if (typeof value === 'number') return value;
  const match = /^(\d+)%$/.exec(value);
  if (!match) throw new RangeError(`neither a number nor a percentage: ${value}`);
  const share = (Number(match[1]) * total) / 100;
  return rounding === 'up' ? Math.ceil(share) : Math.floor(share);
}
