/** Durations as scenarios write them. */

const UNIT_MS = { ms: 1, s: 1000, m: 60_000 } as const;

/** Milliseconds of `500ms`, `10s` or `2m`. The schema has checked the form. */
export function durationMs(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text);
  if (match === null) throw new TypeError(`not a duration: ${text}`);
  return Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS];
}
