/**
 * Kubernetes quantities: `250m`, `1.5`, `2Gi`, `1e3`.
 * Grammar: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */

const MULTIPLIERS: Record<string, number> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

const QUANTITY = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/;

/**
 * In base units (bytes, cores, pieces). Throws RangeError when `quantity` is not one.
 * Exact up to 2^53, which is 8 PiB when counting bytes.
 */
export function parseQuantity(quantity: string | number): number {
  const match = QUANTITY.exec(String(quantity));
  if (!match) throw new RangeError(`not a quantity: ${JSON.stringify(quantity)}`);
  const [, digits, exponent, suffix = ''] = match;
  return exponent ? Number(`${digits}${exponent}`) : Number(digits) * MULTIPLIERS[suffix]!;
}

/** Thousandths of a core, rounded up as Kubernetes does. */
export function parseMilliCpu(quantity: string | number): number {
  // toFixed first: 0.07 * 1000 is 70.00000000000001 in binary floating point.
  return Math.ceil(Number((parseQuantity(quantity) * 1000).toFixed(6)));
}
