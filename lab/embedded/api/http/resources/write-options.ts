/** The query of a write: CreateOptions, UpdateOptions and PatchOptions of meta.k8s.io/v1. */
import type { WriteOptions } from '../../client.ts';
import { invalid } from '../../status-errors.ts';
import type { FieldError } from '../../status-errors.ts';
import { addWarning } from '../exchange.ts';
import type { Exchange } from '../exchange.ts';
import { queryFlag, queryText } from '../query.ts';

type OptionsKind = 'CreateOptions' | 'UpdateOptions' | 'PatchOptions' | 'DeleteOptions';

const FIELD_VALIDATIONS = ['', 'Ignore', 'Strict', 'Warn'] as const;
const MAX_FIELD_MANAGER_LENGTH = 128;

/** Warnings go into headers of the answer. Throws 422 Invalid. */
export function parseWriteOptions(exchange: Exchange, kind: OptionsKind): WriteOptions {
  const { query, request, response } = exchange;
  const fieldValidation = queryText(query, 'fieldValidation') ?? 'Warn';
  const errors = fieldValidationErrors(fieldValidation);
  const dryRun = parseDryRun(query.getAll('dryRun'), errors);
  throwInvalid(kind, errors);
  return {
    dryRun,
    fieldManager: queryText(query, 'fieldManager') ?? managerFromAgent(request.headers['user-agent']),
    fieldValidation: fieldValidation as WriteOptions['fieldValidation'],
    force: query.has('force') ? queryFlag(query, 'force') : undefined,
    warn: (message) => addWarning(response, message),
  };
}

/** Adds to `errors` unless the values are none or All, the only ones there are. */
export function parseDryRun(values: readonly string[], errors: FieldError[]): boolean {
  const given = values.filter((value) => value !== '');
  const unknown = given.filter((value) => value !== 'All');
  if (unknown.length > 0) errors.push(notSupported('dryRun', given, ['All']));
  return given.length > 0;
}

export function throwInvalid(kind: OptionsKind, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalid({ plural: kind.toLowerCase(), kind, group: 'meta.k8s.io' }, '', errors);
}

export function notSupported(field: string, value: unknown, supported: readonly string[]): FieldError {
  const values = supported.map((value) => JSON.stringify(value)).join(', ');
  const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${values}`;
  return { field, reason: 'FieldValueNotSupported', message };
}

function fieldValidationErrors(value: string): FieldError[] {
  const known = FIELD_VALIDATIONS.some((one) => one === value);
  return known ? [] : [notSupported('fieldValidation', value, FIELD_VALIDATIONS)];
}

/** Who writes without a name is known by its program: `kubectl/v1.32.4 (linux/amd64)` is kubectl. */
function managerFromAgent(agent = ''): string {
  return agent.split('/')[0]!.slice(0, MAX_FIELD_MANAGER_LENGTH) || 'unknown';
}
