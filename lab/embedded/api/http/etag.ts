/** Documents that clients keep and ask for again only if they have changed. */
import { createHash } from 'node:crypto';
import { sendText } from './exchange.ts';
import type { Exchange } from './exchange.ts';

/** Answers 304 without a body when the client has this very text already. */
export function sendTagged({ request, response }: Exchange, text: string, type: string): void {
  const tag = `"${createHash('sha256').update(text).digest('hex').toUpperCase()}"`;
  response.setHeader('ETag', tag);
  if (request.headers['if-none-match'] === tag) response.writeHead(304).end();
  else sendText(response, 200, text, type);
}
