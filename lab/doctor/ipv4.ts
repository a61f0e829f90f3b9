/** IPv4 addresses and ranges as numbers. Pure. */

export interface Range {
  first: number;
  last: number;
}

/** Throws RangeError for what is no dotted quad. */
function addressNumber(address: string): number {
  const parts = address.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)) {
    throw new RangeError(`no IPv4 address: ${address}`);
  }
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

/** Of `10.0.0.0/8`, `10.0.0.1-10.0.0.9`, or one address. */
export function parseRange(text: string): Range {
  const [base, prefix] = text.split('/');
  if (prefix !== undefined) {
    const size = 2 ** (32 - Number(prefix));
    const first = Math.floor(addressNumber(base!) / size) * size;
    return { first, last: first + size - 1 };
  }
  const [from, to = from] = text.split('-');
  return { first: addressNumber(from!), last: addressNumber(to!) };
}

export function overlaps(a: Range, b: Range): boolean {
  return a.first <= b.last && b.first <= a.last;
}

export function contains(outer: Range, inner: Range): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}
