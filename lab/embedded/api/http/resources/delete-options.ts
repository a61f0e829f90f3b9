/** How to delete: from the body, or from the query when there is no body. */
import type { DeleteOptions } from '../../client.ts';
import type { FieldError } from '../../status-errors.ts';
import { isRecord } from '../../values.ts';
import { readObject } from '../body.ts';
import type { Exchange } from '../exchange.ts';
import { queryFlag, queryInteger, queryText } from '../query.ts';
import { notSupported, parseDryRun, throwInvalid } from './write-options.ts';

type Propagation = NonNullable<DeleteOptions['propagationPolicy']>;

const PROPAGATIONS: readonly Propagation[] = ['Foreground', 'Background', 'Orphan'];

/** Throws 422 Invalid. */
export async function readDeleteOptions(exchange: Exchange): Promise<DeleteOptions> {
  const body = await readObject(exchange.request);
  return body === undefined ? deleteOptions(fromQuery(exchange.query)) : deleteOptions(body);
}

function fromQuery(query: URLSearchParams): Record<string, unknown> {
  return {
    gracePeriodSeconds: queryInteger(query, 'gracePeriodSeconds'),
    propagationPolicy: queryText(query, 'propagationPolicy'),
    orphanDependents: query.has('orphanDependents') ? queryFlag(query, 'orphanDependents') : undefined,
    dryRun: query.getAll('dryRun'),
  };
}

/** The fields of a DeleteOptions object, checked. Throws 422 Invalid. */
export function deleteOptions(fields: Record<string, unknown>): DeleteOptions {
  const errors: FieldError[] = [];
  const options = {
    gracePeriodSeconds: graceSeconds(fields['gracePeriodSeconds'], errors),
    propagationPolicy: propagation(fields, errors),
    preconditions: isRecord(fields['preconditions']) ? fields['preconditions'] : undefined,
    dryRun: parseDryRun(Array.isArray(fields['dryRun']) ? fields['dryRun'] : [], errors),
  };
  throwInvalid('DeleteOptions', errors);
  return options;
}

function graceSeconds(value: unknown, errors: FieldError[]): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  const message = `Invalid value: ${JSON.stringify(value)}: must be an integer`;
  errors.push({ field: 'gracePeriodSeconds', reason: 'FieldValueInvalid', message });
  return undefined;
}

function propagation(fields: Record<string, unknown>, errors: FieldError[]): Propagation | undefined {
  const { propagationPolicy: policy, orphanDependents } = fields;
  // The older way to say the same.
  if (policy === undefined || policy === null) {
    if (typeof orphanDependents !== 'boolean') return undefined;
    return orphanDependents ? 'Orphan' : 'Background';
  }
  const known = PROPAGATIONS.find((one) => one === policy);
  if (known === undefined) errors.push(notSupported('propagationPolicy', policy, [...PROPAGATIONS, 'nil']));
  return known;
}
