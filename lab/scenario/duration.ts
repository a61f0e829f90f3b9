/** Durations as scenarios write them. */

const UNIT_MS = { ms: 1, s: 1000, m: 60_000 } as const;

/** Of a duration that does not depend on the cluster. */
export const FIXED_DURATION = '\\d+(\\.\\d+)?(ms|s|m)';

/** Of one that may be given as `detection`, what the cluster may need to notice a dead node, or `detection + 10s`. */
export const DURATION = `(${FIXED_DURATION}|detection( *\\+ *${FIXED_DURATION})?)`;

/** Milliseconds of `500ms`, `10s` or `2m`. The schema has checked the form. */
export function fixedDurationMs(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text);
  if (match === null) throw new TypeError(`not a duration: ${text}`);
  return Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS];
}

/** Milliseconds of `10s`, `detection` or `detection + 10s` where detection takes so long. */
export function durationMs(text: string, detectionSeconds: number): number {
  const [first, rest = '0s'] = text.split('+').map((part) => part.trim());
  if (first !== 'detection') return fixedDurationMs(text);
  return detectionSeconds * 1000 + fixedDurationMs(rest);
}
