/** Parts of answers, where the whole would say more than the case is about. */
import type { HttpAnswer } from './api-client.ts';

/** Code, warnings and the Status, or nothing of an object that was accepted. */
export function refusal({ code, warnings, body }: HttpAnswer): unknown {
  return { code, ...(warnings && { warnings }), ...(body.kind === 'Status' ? { status: body } : { accepted: true }) };
}

/** Code, warnings and the spec. */
export function specOf({ code, warnings, body }: HttpAnswer): unknown {
  return { code, ...(warnings && { warnings }), ...(body.kind === 'Status' ? { status: body } : { spec: body.spec }) };
}

/** Type, status and reason of each condition, in the order of types. */
export function conditions(object: any): string[] {
  const list: any[] = object.status?.conditions ?? [];
  return list.map(({ type, status, reason }) => [type, status, reason].filter(Boolean).join(' ')).toSorted();
}

/** Managers and what they own, without times. */
export function owners({ body }: HttpAnswer): unknown {
  return body.metadata.managedFields?.map(({ manager, operation, apiVersion, fieldsV1, subresource, time }: any) => ({
    manager,
    operation,
    apiVersion,
    ...(subresource && { subresource }),
    timed: time !== undefined,
    fields: fieldsV1,
  }));
}

export function names(items: any[]): string[] {
  return items.map((item) => item.metadata.name as string);
}

/** One line for each kind of event about an object. Their times are too coarse to put them in order. */
export function eventLines(events: any[]): string[] {
  const lines = events.map(
    ({ type, reason, message, involvedObject }) => `${type} ${reason} ${involvedObject.kind}: ${message}`,
  );
  return [...new Set(lines)].toSorted();
}
