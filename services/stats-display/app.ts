/** stats-display: shows people and programs what the roll-ups say. */
import { Type } from '@sinclair/typebox';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { Database } from '../shared/database.ts';
import type { Logger } from '../shared/logger.ts';
import { Gauge } from '../shared/metrics.ts';
import { Problem } from '../shared/problem.ts';
import { createService, type Service } from '../shared/service.ts';
import type { TypeBoxProvider } from '../shared/validation.ts';
import type { Config } from './config.ts';
import { LiveUpdates } from './live-updates.ts';
import { CONTENT_SECURITY_POLICY, renderPage, renderStats } from './page.ts';
import { SharedReadings } from './shared-readings.ts';
import { DEFAULT_QUERY, readStats } from './stats.ts';

const StatsQuerySchema = Type.Object(
  {
    minutes: Type.Integer({ minimum: 1, maximum: 1440, default: DEFAULT_QUERY.minutes }),
    templates: Type.Integer({ minimum: 0, maximum: 100, default: DEFAULT_QUERY.templates }),
  },
  { additionalProperties: false },
);

const EventsQuerySchema = Type.Object(
  {
    format: Type.Union([Type.Literal('json'), Type.Literal('html')], {
      default: 'json',
      errorMessage: 'expected json or html',
    }),
  },
  { additionalProperties: false },
);

export function buildApp(config: Config, logger: Logger): Service {
  const { identity } = config;
  const database = new Database({
    config: config.database,
    logger,
    applicationName: `stats-display ${identity.pod}`,
  });
  const readings = new SharedReadings((query) => readStats(database, query));
  const service = createService({
    identity,
    logger,
    bodyLimitBytes: 1024,
    checkReadiness: () => readinessOf(readings),
  });
  const updates = new LiveUpdates({
    intervalMs: config.updateIntervalMs,
    read: () => readings.read(DEFAULT_QUERY),
    renderHtml: (stats) => renderStats(stats).text,
    signal: service.lifecycle.signal,
  });
  service.metrics.add(new Gauge('stats_listeners', 'Clients of live updates.', () => updates.listenerCount));

  addStatsRoutes(service.app, readings);
  addEventsRoute(service.app, updates);
  service.app.addHook('onReady', async () => database.start());
  service.app.addHook('onClose', () => database.close());
  return service;
}

/** Reads what the pages read, because the tables are made by log-processor and may come later than the database. */
async function readinessOf(readings: SharedReadings): Promise<string | null> {
  try {
    await readings.read({ minutes: 1, templates: 1 });
    return null;
  } catch (error) {
    return error instanceof Problem ? 'The database is not available.' : String(error);
  }
}

function addStatsRoutes(app: FastifyInstance, readings: SharedReadings): void {
  const page = async (_request: unknown, reply: FastifyReply) => {
    const stats = await readings.read(DEFAULT_QUERY);
    return reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', CONTENT_SECURITY_POLICY)
      .header('cache-control', 'no-store')
      .send(renderPage(stats));
  };
  app.get('/stats-display', page);
  app.get('/stats-display/', page);

  app
    .withTypeProvider<TypeBoxProvider>()
    .get('/stats-display/api/stats', { schema: { querystring: StatsQuerySchema } }, async ({ query }, reply) => {
      reply.header('cache-control', 'no-store');
      return readings.read(query);
    });
}

function addEventsRoute(app: FastifyInstance, updates: LiveUpdates): void {
  app
    .withTypeProvider<TypeBoxProvider>()
    .get(
      '/stats-display/api/events',
      { schema: { querystring: EventsQuerySchema }, exposeHeadRoute: false },
      (request, reply) => {
        // A stream ends with its connection, so that it does not stay open behind a service that ends.
        reply
          .header('content-type', 'text/event-stream')
          .header('cache-control', 'no-store')
          .header('connection', 'close');
        // Some proxies would hold the events back until they have a page full of them.
        reply.header('x-accel-buffering', 'no');
        reply.hijack();
        reply.raw.writeHead(200, reply.getHeaders() as Record<string, string>);
        updates.add(reply.raw, request.query.format);
      },
    );
}
