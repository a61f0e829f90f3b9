/** Kubernetes' quantities of memory, in bytes. Pure. */
const UNITS: Record<string, number> = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };

/** Throws RangeError for anything but a number with Ki, Mi, Gi or Ti. */
export function parseQuantity(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(Ki|Mi|Gi|Ti)$/.exec(text) ?? [];
  if (unit === undefined) throw new RangeError(`no quantity of memory: ${text}`);
  return Number(number) * UNITS[unit]!;
}
