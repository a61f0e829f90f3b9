/** Makes every error answer of an app, also those of Fastify and of Node's HTTP parser, an RFC 9457 problem. */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import type { Logger } from './logger.ts';
import { Problem } from './problem.ts';
import type { Identity } from './service-config.ts';

const METHODS: HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

export function addErrorHandling(app: FastifyInstance, logger: Logger): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const problem = toProblem(error);
    if (problem.statusCode === 500) logger.error('request failed', { method: request.method, url: request.url, error });
    return sendProblem(reply, problem);
  });
  app.setNotFoundHandler((request, reply) => sendProblem(reply, notFoundOrNotAllowed(app, request)));
}

/** For errors before routing, such as an URL that cannot be decoded: the hook that names the pod does not run for them. */
export function sendFrameworkError({ pod, node }: Identity, error: FastifyError, reply: FastifyReply): void {
  void sendProblem(reply.header('x-pod', pod).header('x-node', node), toProblem(error));
}

function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  // The rest of an upload that is answered early is not read: the connection cannot carry another request.
  const { complete, headers } = reply.request.raw;
  const unread = !complete && ('content-length' in headers || 'transfer-encoding' in headers);
  return reply
    .code(problem.statusCode)
    .headers(unread ? { ...problem.headers, connection: 'close' } : problem.headers)
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send(problem.body);
}

function toProblem(error: FastifyError): Problem {
  if (error instanceof Problem) return error;
  const status = error.statusCode ?? 500;
  return status < 500
    ? new Problem({ status, detail: error.message, cause: error })
    : new Problem({ status: 500, detail: 'The service failed to handle the request.', cause: error });
}

function notFoundOrNotAllowed(app: FastifyInstance, request: FastifyRequest): Problem {
  const path = request.url.split('?', 1)[0] ?? '/';
  const allowed = METHODS.filter((method) => app.hasRoute({ method, url: path }));
  if (allowed.length === 0) return new Problem({ status: 404, detail: `There is nothing at ${path}.` });
  const allow = allowed.join(', ');
  return new Problem({
    status: 405,
    detail: `${path} answers ${allow}, not ${request.method}.`,
    headers: { allow },
  });
}

/** Answers what is not HTTP at all; Node hands over the bare socket. */
export function answerClientError(identity: Identity, error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const status = CLIENT_ERROR_STATUS[error.code ?? ''] ?? 400;
  const body = JSON.stringify(new Problem({ status, detail: error.message }).body);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nx-pod: ${identity.pod}\r\nx-node: ${identity.node}\r\n` +
      `content-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

const CLIENT_ERROR_STATUS: Record<string, number> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
};
