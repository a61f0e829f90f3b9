/** Collects what is wrong with an object, in the API server's words (k8s.io/apimachinery/pkg/util/validation/field). */
import type { FieldError } from '../status-errors.ts';

export class Problems {
  readonly errors: FieldError[] = [];

  required(field: string, detail = ''): void {
    this.add(field, 'FieldValueRequired', `Required value${suffix(detail)}`);
  }

  invalid(field: string, value: unknown, detail: string): void {
    this.add(field, 'FieldValueInvalid', `Invalid value: ${quote(value)}${suffix(detail)}`);
  }

  unsupported(field: string, value: unknown, supported: readonly string[]): void {
    const list = supported.map(quote).join(', ');
    this.add(field, 'FieldValueNotSupported', `Unsupported value: ${quote(value)}: supported values: ${list}`);
  }

  forbidden(field: string, detail: string): void {
    this.add(field, 'FieldValueForbidden', `Forbidden${suffix(detail)}`);
  }

  duplicate(field: string, value: unknown): void {
    this.add(field, 'FieldValueDuplicate', `Duplicate value: ${quote(value)}`);
  }

  notFound(field: string, value: unknown): void {
    this.add(field, 'FieldValueNotFound', `Not found: ${quote(value)}`);
  }

  private add(field: string, reason: FieldError['reason'], message: string): void {
    this.errors.push({ field, reason, message });
  }
}

function suffix(detail: string): string {
  return detail === '' ? '' : `: ${detail}`;
}

function quote(value: unknown): string {
  return value === undefined ? 'null' : JSON.stringify(value);
}
