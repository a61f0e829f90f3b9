/**
 * A load worker over HTTP:
 *
 *     GET  /readyz     200
 *     GET  /clock      its clock, in milliseconds since 1970 (fractions allowed)
 *     POST /prepare    a LoadSpec; answers when the driver is ready
 *     POST /start      {at}: when to begin, on its own clock
 *     GET  /progress   WorkerProgress
 *     GET  /recording  the finished recording as bytes (recording-bytes.ts)
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import type { LoadSpec } from '../load.ts';
import { clockMs, type LoadWorker, WrongState } from './load-worker.ts';

/** Not yet listening. `onContact` is called for each request but those of the readiness probe. */
export function createWorkerServer(worker: LoadWorker, onContact: () => void = () => {}): Server {
  return createServer((request, response) => {
    if (request.url !== '/readyz') onContact();
    answer(worker, request, response).catch((error: Error) => {
      response.writeHead(error instanceof WrongState ? 409 : 400).end(error.message);
    });
  });
}

async function answer(worker: LoadWorker, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const send = (body: unknown): void => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  switch (`${request.method} ${request.url}`) {
    case 'GET /readyz':
      return send('ready');
    case 'GET /clock':
      return send(clockMs());
    case 'POST /prepare':
      await worker.prepare((await json(request)) as LoadSpec);
      return send(null);
    case 'POST /start':
      worker.start(((await json(request)) as { at: number }).at);
      return send(null);
    case 'GET /progress':
      return send(worker.progress());
    case 'GET /recording': {
      const bytes = worker.recording();
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': bytes.length });
      response.end(bytes, () => worker.handedOver());
      return;
    }
    default:
      response.writeHead(404).end();
  }
}
