/** pods/NAME/proxy/… and services/NAME/proxy/…: hands a request on to a pod, whatever it is. */
import { request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { ApiError } from '../../errors.ts';
import { sendError } from '../exchange.ts';
import type { Exchange } from '../exchange.ts';
import type { ResourceRequest } from '../request-info.ts';
import { proxyTarget } from './proxy-target.ts';
import type { ProxyTarget } from './proxy-target.ts';

/** Headers that concern one connection only (RFC 9110, 7.6.1), and the token, which is not the pod's business. */
const NOT_FORWARDED = [
  'authorization',
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

export async function proxy(exchange: Exchange, target: ResourceRequest): Promise<void> {
  // Without the slash, the relative links of the page would lead elsewhere.
  if (target.rest === undefined && exchange.request.method === 'GET') return redirectToSlash(exchange);
  const outgoing = openRequest(exchange, proxyTarget(exchange, target), target.rest ?? '/');
  await forward(exchange, outgoing);
}

function redirectToSlash({ path, request, response }: Exchange): void {
  const query = request.url!.slice(path.length);
  response.writeHead(301, { Location: `${path}/${query}`, 'Content-Length': 0 }).end();
}

function openRequest(
  { path, request, closing }: Exchange,
  { scheme, address }: ProxyTarget,
  rest: string,
): ClientRequest {
  const send = scheme === 'https' ? httpsRequest : httpRequest;
  return send({
    ...address,
    method: request.method,
    path: rest + request.url!.slice(path.length),
    headers: {
      ...forwardable(request.headers),
      'x-forwarded-for': request.socket.remoteAddress,
      'x-forwarded-host': request.headers.host,
      'x-forwarded-proto': 'https',
      'x-forwarded-uri': path,
    },
    // A pod's certificate is its own; a real server does not check it either.
    rejectUnauthorized: false,
    agent: false,
    signal: closing,
  });
}

async function forward({ request, response }: Exchange, outgoing: ClientRequest): Promise<void> {
  // The client may give up before the pod answers.
  response.once('close', () => outgoing.destroy());
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve);
    outgoing.on('error', reject);
  });
  request.pipe(outgoing);
  let answer: IncomingMessage;
  try {
    answer = await answered;
  } catch (error) {
    return sendError(response, unreachable(error as Error));
  }
  response.writeHead(answer.statusCode!, answer.statusMessage, forwardable(answer.headers));
  // Streams of events must not wait for each other.
  response.flushHeaders();
  await pipeline(answer, response).catch(() => response.destroy());
}

function forwardable(headers: IncomingMessage['headers']): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !NOT_FORWARDED.includes(name)));
}

function inGoWords(error: Error): string {
  const { code, address, port } = error as Error & { code?: string; address?: string; port?: number };
  return code === 'ECONNREFUSED' ? `dial tcp ${address}:${port}: connect: connection refused` : error.message;
}

function unreachable(error: Error): ApiError {
  return new ApiError('ServiceUnavailable', `error trying to reach service: ${inGoWords(error)}`);
}
