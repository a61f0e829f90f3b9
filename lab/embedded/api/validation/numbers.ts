/** Checks of numbers, enumerations and quantities that many kinds share. */
import { parseQuantity } from '../../quantity.ts';
import { percentage, portNameProblems } from './names.ts';
import type { Problems } from './problems.ts';

export function checkNotNegative(problems: Problems, field: string, value: number | undefined): void {
  if (value !== undefined && value < 0) problems.invalid(field, value, 'must be greater than or equal to 0');
}

export function checkPort(problems: Problems, field: string, port: number): void {
  if (port < 1 || port > 65_535) problems.invalid(field, port, 'must be between 1 and 65535, inclusive');
}

/** A port's number, or the name of one. */
export function checkPortReference(problems: Problems, field: string, port: number | string): void {
  if (typeof port === 'number') return checkPort(problems, field, port);
  for (const detail of portNameProblems(port)) problems.invalid(field, port, detail);
}

export function checkOneOf(problems: Problems, field: string, value: unknown, supported: readonly string[]): void {
  if (value !== undefined && !supported.includes(value as string)) problems.unsupported(field, value, supported);
}

/** A count, or a share in percent. */
export function checkCountOrPercent(problems: Problems, field: string, value: number | string | undefined): void {
  if (typeof value === 'number') return checkNotNegative(problems, field, value);
  const detail = value === undefined ? undefined : percentage(value);
  if (detail !== undefined) problems.invalid(field, value, detail);
}

/** A share of more than all makes no sense. */
export function checkAtMostAll(problems: Problems, field: string, value: number | string | undefined): void {
  if (typeof value === 'string' && /^\d+%$/.test(value) && Number.parseInt(value, 10) > 100) {
    problems.invalid(field, value, 'must not be greater than 100%');
  }
}

export function checkQuantity(problems: Problems, field: string, quantity: string): void {
  if (parseQuantity(quantity) < 0) problems.invalid(field, quantity, 'must be greater than or equal to 0');
}

export function checkPositiveQuantity(problems: Problems, field: string, quantity: string): void {
  if (parseQuantity(quantity) <= 0) problems.invalid(field, quantity, 'must be greater than zero');
}
