/** httpGet of probes and hooks. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { RequestOptions } from 'node:https';
import type { HTTPGetAction } from 'kubernetes-types/core/v1.js';
import { failure, SUCCESS, type Outcome } from './outcome.ts';
import { portNumber, type ProbeTarget } from './target.ts';

/** Any status from 200 to 399 is a success. A connection of its own each time, as the kubelet does. */
export async function httpGet(action: HTTPGetAction, target: ProbeTarget, timeoutMs: number): Promise<Outcome> {
  const port = portNumber(action.port, target.container);
  const host = action.host || target.podIP;
  const scheme = (action.scheme ?? 'HTTP').toLowerCase();
  const path = `/${(action.path ?? '').replace(/^\//, '')}`;
  const url = `${scheme}://${host}:${port}${path}`;
  const real = target.resolve(host, port);
  const headers: Record<string, string> = { 'user-agent': 'kube-probe', accept: '*/*', host: `${host}:${port}` };
  for (const { name, value } of action.httpHeaders ?? []) headers[name.toLowerCase()] = value;
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const status = await fetchStatus(scheme, { ...real, path, headers, agent: false, signal });
    return status >= 200 && status < 400 ? SUCCESS : failure(`HTTP probe failed with statuscode: ${status}`);
  } catch (error) {
    const reason = signal.aborted
      ? 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
      : describe(error as NodeJS.ErrnoException, `${host}:${port}`);
    return failure(`Get "${url}": ${reason}`);
  }
}

async function fetchStatus(scheme: string, options: RequestOptions): Promise<number> {
  // node:https takes 20 ms to load, and hardly a probe needs it.
  const request = scheme === 'https' ? (await import('node:https')).request : httpRequest;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ ...options, rejectUnauthorized: false }, resolve)
      .on('error', reject)
      .end();
  });
  response.on('error', () => {
    // The status is known; that the body was cut off is of no interest.
  });
  response.resume();
  return response.statusCode ?? 0;
}

/** In the words of Go's net package. */
export function describe(error: NodeJS.ErrnoException, address: string): string {
  switch (error.code) {
    case 'ECONNREFUSED':
      return `dial tcp ${address}: connect: connection refused`;
    case 'ECONNRESET':
      // Node says ECONNRESET also when the peer ends the connection without an answer.
      return error.message === 'socket hang up' ? 'EOF' : `read tcp ${address}: read: connection reset by peer`;
    default:
      return error.message;
  }
}
