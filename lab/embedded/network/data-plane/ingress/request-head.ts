/** The head of a request as it goes to an endpoint. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { connectionOptions, isHopByHop } from './hop-by-hop.ts';

/** Why a request is answered by the proxy itself. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** What the proxy sets itself: what a client sent under these names is not believed (ingress-nginx's default). */
const OWN = new Set([
  'content-length',
  'expect',
  'host',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-forwarded-scheme',
  'x-real-ip',
  'x-request-id',
  'x-scheme',
]);

export interface RequestTarget {
  /** With the port, if the client named one. Empty for HTTP/1.0 without Host. */
  host: string;
  /** Origin form: path and query. */
  url: string;
}

/** Throws RequestError 400 when the request does not say unambiguously what it is for. */
export function targetOf(request: IncomingMessage): RequestTarget {
  if (hosts(request) > 1) throw new RequestError(400, 'more than one Host');
  const named = request.headers.host ?? '';
  const { url = '/' } = request;
  if (url.startsWith('/') || (url === '*' && request.method === 'OPTIONS')) return { host: named, url };
  if (!/^http:\/\//i.test(url) || !URL.canParse(url)) throw new RequestError(400, 'bad request target');
  // An absolute form outranks Host (RFC 9112, section 3.2.2).
  const { host, pathname, search } = new URL(url);
  return { host, url: pathname + search };
}

function hosts({ rawHeaders }: IncomingMessage): number {
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    if (name.length === 4 && name.toLowerCase() === 'host') count++;
  }
  return count;
}

export type BodyFraming = 'none' | 'length' | 'chunked';

/** How the request's body is delimited; llhttp has made sure that only one way applies. Throws RequestError 501. */
export function bodyOf({ headers }: IncomingMessage): BodyFraming {
  const coding = headers['transfer-encoding'];
  if (coding !== undefined) {
    if (coding.toLowerCase() === 'chunked') return 'chunked';
    throw new RequestError(501, 'unknown transfer coding');
  }
  return headers['content-length'] === undefined ? 'none' : 'length';
}

/** Request line and headers, ready to be sent in latin1. `upgrade` is the protocol to switch to. */
export function requestHead(
  request: IncomingMessage,
  target: RequestTarget,
  body: BodyFraming,
  upgrade?: string,
): string {
  const { rawHeaders, headers, socket } = request;
  const connection = connectionOptions(headers.connection === undefined ? [] : [headers.connection]);
  let head = `${request.method} ${target.url} HTTP/1.1\r\nHost: ${target.host}\r\n`;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase();
    if (isHopByHop(name) || OWN.has(name) || connection.has(name)) continue;
    head += `${rawHeaders[i]}: ${rawHeaders[i + 1]}\r\n`;
  }
  const client = socket.remoteAddress ?? '';
  head += `X-Request-ID: ${requestId(request)}\r\nX-Real-IP: ${client}\r\nX-Forwarded-For: ${client}\r\n`;
  head += `X-Forwarded-Host: ${target.host}\r\nX-Forwarded-Port: ${socket.localPort}\r\nX-Forwarded-Proto: http\r\n`;
  if (body === 'chunked') head += 'Transfer-Encoding: chunked\r\n';
  if (body === 'length') head += `Content-Length: ${headers['content-length']}\r\n`;
  if (upgrade !== undefined) head += `Connection: Upgrade\r\nUpgrade: ${upgrade}\r\n`;
  return `${head}\r\n`;
}

/** The client's own, so that a request can be followed through; else a new one of 32 hexadecimal digits. */
function requestId({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && given !== '' ? given : randomUUID().replaceAll('-', '');
}
