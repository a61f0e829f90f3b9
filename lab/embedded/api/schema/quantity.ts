/** The canonical form of quantities, in which the API server stores them. */

const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const DECIMAL = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];

const QUANTITY = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+)|([KMGTPE]i)|([numkMGTPE]))?$/;

/**
 * The shortest form without fractions, with the kind of suffix that was given: 0.5 is `500m`, 1024Mi is `1Gi`, 1e3 is
 * `1e3`. Undefined when `quantity` is not one. More precise than a billionth is rounded up, as in Kubernetes.
 */
export function canonicalQuantity(quantity: string | number): string | undefined {
  const match = QUANTITY.exec(String(quantity));
  if (match === null || (match[2] === '' && match[3] === '')) return undefined;
  const [, sign, whole, fraction = '', exponent, binary, decimal] = match;
  const digits = BigInt(`${whole}${fraction}`);
  const minus = sign === '-' && digits !== 0n ? '-' : '';
  if (binary !== undefined) {
    const exact = fraction === '' || Number(fraction) === 0;
    if (exact) return minus + binaryForm(BigInt(whole || '0') << BigInt(10 * BINARY.indexOf(binary)));
    // A fraction of a binary unit may not be a whole number: then it is written in thousandths.
    const nanos = (digits * 1_000_000_000n) << BigInt(10 * BINARY.indexOf(binary));
    const value = roundUp(nanos, 10n ** BigInt(fraction.length));
    return minus + (value % 1_000_000_000n === 0n ? binaryForm(value / 1_000_000_000n) : decimalForm(value, DECIMAL));
  }
  const power = exponent === undefined ? 3 * (DECIMAL.indexOf(decimal ?? '') - 3) : Number(exponent);
  const shift = BigInt(power - fraction.length + 9);
  const nanos = shift >= 0n ? digits * 10n ** shift : roundUp(digits, 10n ** -shift);
  const suffixes = exponent === undefined ? DECIMAL : DECIMAL.map((_, index) => exponentSuffix(3 * (index - 3)));
  return minus + decimalForm(nanos, suffixes);
}

function exponentSuffix(power: number): string {
  return power === 0 ? '' : `e${power}`;
}

function roundUp(value: bigint, divisor: bigint): bigint {
  return (value + divisor - 1n) / divisor;
}

function binaryForm(value: bigint): string {
  return withSuffix(value, 1024n, BINARY);
}

/** @param nanos the value in billionths, which is what the first suffix means */
function decimalForm(nanos: bigint, suffixes: readonly string[]): string {
  return withSuffix(nanos, 1000n, suffixes);
}

function withSuffix(value: bigint, base: bigint, suffixes: readonly string[]): string {
  if (value === 0n) return '0';
  let index = 0;
  while (index < suffixes.length - 1 && value % base === 0n) {
    value /= base;
    index++;
  }
  return `${value}${suffixes[index]}`;
}
