/** The query of a list or watch, checked as k8s.io/apimachinery's ValidateListOptions does. */
import type { ListOptions } from '../../client.ts';
import { notANumber } from '../../preconditions.ts';
import { badRequest, invalid } from '../../status-errors.ts';
import type { FieldError } from '../../status-errors.ts';
import { queryFlag, queryInteger, queryText } from '../query.ts';
import type { ResourceRequest } from '../request-info.ts';

type VersionMatch = 'Exact' | 'NotOlderThan';

export interface ListQuery {
  selection: ListOptions;
  resourceVersion: string | undefined;
  resourceVersionMatch: VersionMatch | undefined;
  /** 0: everything. */
  limit: number;
  continueToken: string | undefined;
  allowWatchBookmarks: boolean;
  sendInitialEvents: boolean | undefined;
  timeoutSeconds: number | undefined;
}

/** Throws 400 BadRequest or 422 Invalid. */
export function parseListQuery(query: URLSearchParams, target: ResourceRequest, watching: boolean): ListQuery {
  const parsed = {
    selection: {
      namespace: target.namespace,
      labelSelector: queryText(query, 'labelSelector'),
      fieldSelector: queryText(query, 'fieldSelector'),
    },
    resourceVersion: queryText(query, 'resourceVersion'),
    resourceVersionMatch: queryText(query, 'resourceVersionMatch') as VersionMatch | undefined,
    limit: queryInteger(query, 'limit') ?? 0,
    continueToken: queryText(query, 'continue'),
    allowWatchBookmarks: queryFlag(query, 'allowWatchBookmarks'),
    sendInitialEvents: query.has('sendInitialEvents') ? queryFlag(query, 'sendInitialEvents') : undefined,
    timeoutSeconds: queryInteger(query, 'timeoutSeconds'),
  };
  const errors = [...(watching ? watchErrors(parsed) : listErrors(parsed)), ...matchErrors(parsed)];
  if (errors.length > 0) {
    throw invalid({ plural: 'listoptions', kind: 'ListOptions', group: 'meta.k8s.io' }, '', errors);
  }
  if (parsed.continueToken !== undefined && parsed.resourceVersion !== undefined && parsed.resourceVersion !== '0') {
    throw badRequest('specifying resource version is not allowed when using continue');
  }
  const { resourceVersion = '0' } = parsed;
  if (!/^\d+$/.test(resourceVersion)) {
    const why = `Invalid value: ${JSON.stringify(resourceVersion)}: ${notANumber(resourceVersion)}`;
    throw badRequest(`invalid resource version: resourceVersion: ${why}`);
  }
  return parsed;
}

function listErrors({
  resourceVersion,
  resourceVersionMatch,
  sendInitialEvents,
  continueToken,
}: ListQuery): FieldError[] {
  const errors: FieldError[] = [];
  if (sendInitialEvents !== undefined) {
    errors.push(forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  }
  if (resourceVersionMatch === undefined) return errors;
  if (resourceVersion === undefined) {
    errors.push(
      forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden unless resourceVersion is provided'),
    );
  }
  if (continueToken !== undefined) {
    errors.push(forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided'));
  }
  if (resourceVersionMatch === 'Exact' && resourceVersion === '0') {
    errors.push(forbidden('resourceVersionMatch', 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
  }
  return errors;
}

function watchErrors({ resourceVersionMatch, sendInitialEvents }: ListQuery): FieldError[] {
  if (sendInitialEvents === undefined) {
    if (resourceVersionMatch === undefined) return [];
    const message = 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided';
    return [forbidden('resourceVersionMatch', message)];
  }
  if (resourceVersionMatch === 'NotOlderThan') return [];
  return [forbidden('resourceVersionMatch', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan')];
}

function matchErrors({ resourceVersionMatch }: ListQuery): FieldError[] {
  if (resourceVersionMatch === undefined || /^(Exact|NotOlderThan)$/.test(resourceVersionMatch)) return [];
  const message = `Unsupported value: ${JSON.stringify(resourceVersionMatch)}: supported values: "Exact", "NotOlderThan", ""`;
  return [{ field: 'resourceVersionMatch', reason: 'FieldValueNotSupported', message }];
}

function forbidden(field: string, why: string): FieldError {
  return { field, reason: 'FieldValueForbidden', message: `Forbidden: ${why}` };
}
