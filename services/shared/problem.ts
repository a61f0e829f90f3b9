/** Errors as RFC 9457 problem details. */
import { STATUS_CODES } from 'node:http';

export interface FieldError {
  /** Path of the field, such as `attributes.user`; `body` for the whole. */
  field: string;
  message: string;
}

export interface ProblemOptions {
  status: number;
  detail: string;
  /** Last part of the problem's type; without it the type is about:blank, which means what the status means. */
  kind?: string;
  title?: string;
  headers?: Record<string, string>;
  /** Members beside the standard ones. */
  extensions?: Record<string, unknown>;
  cause?: unknown;
}

/** An error that a client is told about. Everything else that is thrown becomes a 500 without details. */
export class Problem extends Error {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: Record<string, unknown>;

  constructor({ status, detail, kind, title, headers = {}, extensions = {}, cause }: ProblemOptions) {
    super(detail, { cause });
    this.name = 'Problem';
    this.statusCode = status;
    this.headers = headers;
    this.body = {
      type: kind === undefined ? 'about:blank' : `urn:log-lab:problem:${kind}`,
      title: title ?? STATUS_CODES[status] ?? 'Error',
      status,
      detail,
      ...extensions,
    };
  }
}

/** 400 that names each field and what is wrong with it. */
export function invalidFields(errors: readonly FieldError[]): Problem {
  return new Problem({
    status: 400,
    kind: 'invalid-fields',
    title: 'The request has invalid fields',
    detail: errors.map(({ field, message }) => `${field}: ${message}`).join('; '),
    extensions: { errors },
  });
}

/** 503 that asks the client to come back. */
export function unavailable(
  kind: string,
  title: string,
  detail: string,
  cause?: unknown,
  headers: Record<string, string> = {},
): Problem {
  return new Problem({ status: 503, kind, title, detail, headers: { 'retry-after': '1', ...headers }, cause });
}
