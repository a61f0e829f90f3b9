/** The API server's standard errors, in its own words (k8s.io/apimachinery/pkg/api/errors). */
import { ApiError } from './errors.ts';
import type { StatusCause, StatusDetails } from './errors.ts';

/** The parts of ResourceInfo that errors name. */
export interface ErrorSubject {
  plural: string;
  kind: string;
  group: string;
}

/** `deployments.apps`, or `pods` for the core group. */
function qualifiedPlural(info: ErrorSubject): string {
  return info.group === '' ? info.plural : `${info.plural}.${info.group}`;
}

function qualifiedKind(info: ErrorSubject): string {
  return info.group === '' ? info.kind : `${info.kind}.${info.group}`;
}

function details(info: ErrorSubject, name: string, more: StatusDetails = {}): StatusDetails {
  return {
    ...(name !== '' && { name }),
    ...(info.group !== '' && { group: info.group }),
    kind: info.plural,
    ...more,
  };
}

export function notFound(info: ErrorSubject, name: string): ApiError {
  return new ApiError('NotFound', `${qualifiedPlural(info)} "${name}" not found`, details(info, name));
}

export function alreadyExists(info: ErrorSubject, name: string): ApiError {
  return new ApiError('AlreadyExists', `${qualifiedPlural(info)} "${name}" already exists`, details(info, name));
}

/** `cause` follows the sentence that all conflicts begin with. */
export function conflict(info: ErrorSubject, name: string, cause: string): ApiError {
  const message = `Operation cannot be fulfilled on ${qualifiedPlural(info)} "${name}": ${cause}`;
  return new ApiError('Conflict', message, details(info, name));
}

export function modifiedConflict(info: ErrorSubject, name: string): ApiError {
  return conflict(
    info,
    name,
    'the object has been modified; please apply your changes to the latest version and try again',
  );
}

export function forbidden(info: ErrorSubject, name: string, cause: string, causes?: StatusCause[]): ApiError {
  const subject = name === '' ? qualifiedPlural(info) : `${qualifiedPlural(info)} "${name}"`;
  return new ApiError('Forbidden', `${subject} is forbidden: ${cause}`, details(info, name, causes && { causes }));
}

export function badRequest(message: string): ApiError {
  return new ApiError('BadRequest', message);
}

/** One thing wrong with a field. `message` says all but the field: `Invalid value: "x": must be ...`. */
export interface FieldError {
  field: string;
  reason:
    | 'FieldValueInvalid'
    | 'FieldValueRequired'
    | 'FieldValueDuplicate'
    | 'FieldValueNotSupported'
    | 'FieldValueForbidden'
    | 'FieldValueNotFound'
    | 'FieldValueTooLong'
    | 'FieldValueTypeInvalid'
    | 'FieldValueTooMany';
  message: string;
}

/** 422 with every problem, both in the message and as causes. `errors` is not empty. */
export function invalid(info: ErrorSubject, name: string, errors: readonly FieldError[]): ApiError {
  const lines = [...new Set(errors.map((error) => `${error.field}: ${error.message}`))];
  const text = lines.length === 1 ? lines[0]! : `[${lines.join(', ')}]`;
  const causes = errors.map(({ reason, message, field }) => ({ reason, message, field }));
  return new ApiError('Invalid', `${qualifiedKind(info)} "${name}" is invalid: ${text}`, {
    ...(name !== '' && { name }),
    ...(info.group !== '' && { group: info.group }),
    kind: info.kind,
    causes,
  });
}
