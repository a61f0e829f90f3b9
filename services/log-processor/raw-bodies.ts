/** Bodies as they come: log-processor parses and checks logs itself. */
import type { FastifyInstance } from 'fastify';

/** One log, or a stream of lines. */
export type RawBody = Buffer | AsyncIterable<Buffer>;

/** For a scope of its own: other routes want theirs parsed. */
export function takeRawBodies(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  scope.addContentTypeParser('application/x-ndjson', (_request, body, done) => done(null, body));
}
