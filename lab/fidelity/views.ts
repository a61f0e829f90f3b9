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
  return body.metadata.managedFields?.map(({ manager, operation, apiVersion, fieldsV1, subresource }: any) => ({
    manager,
    operation,
    apiVersion,
    ...(subresource && { subresource }),
    fields: fieldsV1,
  }));
}

export function names(items: any[]): string[] {
  return items.map((item) => item.metadata.name as string);
}

/** One line for each kind of event about an object, in the order of their first appearance. */
export function eventLines(events: any[]): string[] {
  const lines = events
    .toSorted((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1))
    .map(({ type, reason, message, involvedObject }) => `${type} ${reason} ${involvedObject.kind}: ${message}`);
  return [...new Set(lines)];
}

function timeOf(event: any): string {
  return event.eventTime ?? event.firstTimestamp ?? event.metadata.creationTimestamp;
}
