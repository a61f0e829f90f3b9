/** What the proxy answers itself. */
import type { ServerResponse } from 'node:http';

// Not imported, for the reason given in http-listener.ts.
export const { STATUS_CODES } = process.getBuiltinModule('node:http');

/** `close`: the client may still be sending a body that nobody will read, so that the connection cannot go on. */
export function respondError(response: ServerResponse, status: number, { close = false } = {}): void {
  const page = errorPage(status);
  response.writeHead(status, {
    'content-type': 'text/html',
    'content-length': Buffer.byteLength(page),
    ...(close && { connection: 'close' }),
  });
  response.end(page);
}

export function errorPage(status: number): string {
  const title = `${status} ${STATUS_CODES[status] ?? ''}`;
  return `<html>\n<head><title>${title}</title></head>\n<body>\n<center><h1>${title}</h1></center>\n</body>\n</html>\n`;
}
