/** log-processor: takes logs over HTTP, processes them, and answers when they are in PostgreSQL. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { Database, type FatalDatabaseError } from '../shared/database.ts';
import type { Logger } from '../shared/logger.ts';
import { invalidFields } from '../shared/problem.ts';
import { createService, type Service } from '../shared/service.ts';
import { ingestLines } from './bulk.ts';
import type { Config } from './config.ts';
import { Ingest, queueFull } from './ingest.ts';
import { LARGEST_LOG_BYTES } from './log.ts';
import { LogStore } from './log-store.ts';
import { migrate } from './migrate.ts';
import { parseLog } from './parse-log.ts';
import { takeRawBodies, type RawBody } from './raw-bodies.ts';
import { SimulatedWork } from './simulated-work.ts';
import { TemplateCatalogue } from './template-catalogue.ts';

const MIGRATIONS = new URL('./migrations/', import.meta.url);

/** @param onFatal called when the database can never be used by this version */
export function buildApp(config: Config, logger: Logger, onFatal: (error: FatalDatabaseError) => void): Service {
  const { identity } = config;
  const database = new Database({
    config: config.database,
    logger,
    applicationName: `log-processor ${identity.pod}`,
    onFatal,
    prepare: async (client) => {
      const applied = await migrate(client, MIGRATIONS);
      if (applied.length > 0) logger.info('database migrated', { applied });
      store.forgetTemplates();
    },
  });
  const store = new LogStore(database, identity, logger);
  const service = createService({
    identity,
    logger,
    bodyLimitBytes: LARGEST_LOG_BYTES,
    checkReadiness: async () => ((await database.responds()) ? null : 'The database is not available.'),
  });
  const ingest = new Ingest(store, new TemplateCatalogue(config.templateLimit), config.ingest, service.metrics);

  const work = new SimulatedWork({
    delayMs: config.processingDelayMs,
    concurrency: config.processingConcurrency,
    queueLimit: config.ingest.queueItems,
    queueFull,
  });

  // In a scope of its own, because it takes bodies as they come; other routes want theirs parsed.
  void service.app.register(async (scope) => addLogRoutes(scope, ingest, work));
  service.app.addHook('onReady', async () => database.start());
  service.app.addHook('onClose', () => database.close());
  return service;
}

function addLogRoutes(app: FastifyInstance, ingest: Ingest, work: SimulatedWork): void {
  takeRawBodies(app);
  app.post<{ Body: RawBody }>('/logs', (request, reply) => {
    const { body } = request;
    const ingestBody = () => (Buffer.isBuffer(body) ? ingestOne(body, ingest, reply) : ingestLines(body, ingest));
    return work.takesTime ? work.perform().then(ingestBody) : ingestBody();
  });
}

/** Without async functions on its way: at tens of thousands of logs per second each of them costs. */
function ingestOne(body: Buffer, ingest: Ingest, reply: FastifyReply): Promise<object> {
  const { log, errors } = parseLog(body);
  if (errors) {
    ingest.countRejected();
    throw invalidFields(errors);
  }
  const processed = ingest.process(log);
  return ingest.store(processed).then((outcome) => {
    if (outcome === 'refused') throw invalidFields([{ field: 'body', message: 'refused by the database' }]);
    const { id, level, template } = processed;
    if (outcome === 'duplicate') return { id, duplicate: true };
    void reply.code(201);
    return { id, duplicate: false, level, template: template.text, fingerprint: template.fingerprint };
  });
}
