/** One request being answered, and the ways to answer it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError } from '../errors.ts';
import type { NodeAgent } from '../../kubelet/node-agent.ts';
import type { PodNetwork } from '../../network/network.ts';
import type { ObjectClient } from '../object-client.ts';
import type { Pages } from './resources/pages.ts';

/** What answers are made from. */
export interface Backend {
  client: ObjectClient;
  /** The kubelets by node name, as they are now. */
  agents: () => ReadonlyMap<string, NodeAgent>;
  network: Pick<PodNetwork, 'resolve'>;
  /** The lists that are being read page by page. */
  pages: Pages;
  /** Aborted when the server closes: watches and streams end then. */
  closing: AbortSignal;
}

export interface Exchange extends Backend {
  request: IncomingMessage;
  response: ServerResponse;
  /** Of a request to upgrade the connection: what came after its headers. Undefined for other requests. */
  head: Buffer | undefined;
  /** Without the query. Still percent-encoded. */
  path: string;
  query: URLSearchParams;
}

export function sendText(
  response: ServerResponse,
  code: number,
  text: string,
  type = 'text/plain; charset=utf-8',
): void {
  const body = Buffer.from(text);
  response.writeHead(code, { 'Content-Type': type, 'Content-Length': body.length }).end(body);
}

export function sendJson(response: ServerResponse, code: number, value: unknown): void {
  sendText(response, code, typeof value === 'string' ? value : JSON.stringify(value), 'application/json');
}

/** Answers with the error's Status. What is no ApiError is a fault of the server: 500 InternalError. */
export function sendError(response: ServerResponse, error: unknown): void {
  const status = asApiError(error);
  const retryAfter = status.details?.retryAfterSeconds;
  if (retryAfter !== undefined) response.setHeader('Retry-After', retryAfter);
  sendJson(response, status.code, status.toStatus());
}

export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ApiError('InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] });
}

/** The Status of a request that was carried out and has no object to show for it. */
export function successStatus(details?: object): object {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', ...(details && { details }) };
}

export function methodNotAllowed(): ApiError {
  return new ApiError('MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
}

/**
 * Adds a `Warning:` header (RFC 7234: 299, no agent, quoted text), one for each different warning. Characters that a
 * header cannot carry are left out.
 */
export function addWarning(response: ServerResponse, message: string): void {
  const text = message.replace(/[^\t\x20-\x7e]/g, '').replace(/["\\]/g, '\\$&');
  const header = `299 - "${text}"`;
  const given = [response.getHeader('Warning') ?? []].flat();
  if (!given.includes(header)) response.appendHeader('Warning', header);
}
