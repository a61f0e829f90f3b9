/** What every driver needs of a load's description, checked before anything is sent. */
import type { LoadSpec } from './load.ts';

/** Throws a RangeError that names every value that cannot be run. */
export function checkSpec(spec: LoadSpec): void {
  const problems = [
    ...positive(spec, ['connections', 'timeoutMs']),
    ...(spec.driver === 'constant-rate' ? positive(spec, ['ratePerSecond', 'maxInFlight']) : []),
    ...positive(spec, [spec.requests === undefined ? 'durationMs' : 'requests']),
    ...(spec.requests !== undefined && spec.durationMs !== undefined
      ? ['requests and durationMs exclude each other']
      : []),
    ...plain(spec, ['path', 'hostHeader']),
    ...(/^[0-9a-f]{12}$/.test(spec.runHash) ? [] : [`runHash: 12 hex digits expected, got ${spec.runHash}`]),
  ];
  if (problems.length > 0) throw new RangeError(`load ${spec.name} cannot be run: ${problems.join('; ')}`);
}

type NumberKey = 'connections' | 'timeoutMs' | 'ratePerSecond' | 'maxInFlight' | 'durationMs' | 'requests';

function positive(spec: LoadSpec, keys: NumberKey[]): string[] {
  return keys
    .filter((key) => !(Number(spec[key]) > 0 && Number.isFinite(spec[key])))
    .map((key) => `${key}: a number above 0 expected, got ${spec[key]}`);
}

/** Spaces, line ends and other than ASCII would change the request's structure or its length. */
function plain(spec: LoadSpec, keys: ('path' | 'hostHeader')[]): string[] {
  return keys
    .filter((key) => !/^[\x21-\x7e]+$/.test(spec[key]))
    .map((key) => `${key}: visible ASCII characters expected, got ${JSON.stringify(spec[key])}`);
}
