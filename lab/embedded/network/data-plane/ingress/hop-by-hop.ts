/** Headers that concern one connection and are not passed on (RFC 9110, section 7.6.1). */

const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

export function isHopByHop(lowerCaseName: string): boolean {
  return HOP_BY_HOP.has(lowerCaseName);
}

const NONE: ReadonlySet<string> = new Set();

/** The lower-case options of Connection headers: `close`, `keep-alive`, and names of headers meant for this hop only. */
export function connectionOptions(values: readonly string[]): ReadonlySet<string> {
  if (values.length === 0) return NONE;
  return new Set(values.flatMap((value) => value.split(',').map((option) => option.trim().toLowerCase())));
}
