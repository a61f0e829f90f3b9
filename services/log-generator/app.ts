/** log-generator: makes logs and posts them to log-processor, on request or all the time. */
import { randomInt } from 'node:crypto';
import { Type } from '@sinclair/typebox';
import type { FastifyReply } from 'fastify';
import type { Logger } from '../shared/logger.ts';
import { Counter } from '../shared/metrics.ts';
import { createService, type Service } from '../shared/service.ts';
import type { TypeBoxProvider } from '../shared/validation.ts';
import type { Config } from './config.ts';
import { generate, type GenerationRequest, type GenerationResult } from './generation.ts';
import { Sender, type Delivery } from './sender.ts';

const GenerateSchema = Type.Object(
  {
    count: Type.Integer({ minimum: 1, maximum: 10_000_000 }),
    rate: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 100_000 })),
    seed: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
    keepAlive: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);

/** As wide as crypto.randomInt allows: two runs without a seed must not send the same ids. */
const RANDOM_SEED_LIMIT = 2 ** 48 - 1;

export function buildApp(config: Config, logger: Logger): Service {
  const service = createService({
    identity: config.identity,
    logger,
    bodyLimitBytes: 1024,
    checkReadiness: async () => null,
  });
  const { app, lifecycle, metrics } = service;
  const deliveries = metrics.add(new Counter('generator_logs_total', 'Logs by their outcome.', ['outcome']));
  const retries = metrics.add(new Counter('generator_retries_total', 'Attempts beyond the first.'));
  const count = (delivery: Delivery) => {
    deliveries.increment(1, delivery.outcome);
    retries.increment(delivery.retries);
  };
  const runOnce = async (request: GenerationRequest, keepAlive: boolean, signal: AbortSignal) => {
    const sender = new Sender({ ...config, keepAlive });
    try {
      return await generate(request, sender, config.concurrency, signal, count);
    } finally {
      sender.close();
    }
  };

  app
    .withTypeProvider<TypeBoxProvider>()
    .post('/generate', { schema: { body: GenerateSchema } }, (request, reply): Promise<GenerationResult> => {
      const { count, rate, seed = randomSeed(), keepAlive = config.keepAlive } = request.body;
      return runOnce({ count, rate, seed }, keepAlive, AbortSignal.any([lifecycle.signal, whenClosed(reply)]));
    });

  if (config.continuousRate > 0) {
    const request = { count: Infinity, rate: config.continuousRate, seed: randomSeed() };
    let running: Promise<unknown> | undefined;
    app.addHook('onListen', () => {
      logger.info('generating continuously', request);
      running = runOnce(request, config.keepAlive, lifecycle.signal);
    });
    app.addHook('onClose', async () => void (await running));
  }
  return service;
}

function randomSeed(): number {
  return randomInt(RANDOM_SEED_LIMIT);
}

/** Aborted when nobody is left to receive the answer. */
function whenClosed(reply: FastifyReply): AbortSignal {
  const closed = new AbortController();
  reply.raw.once('close', () => closed.abort());
  return closed.signal;
}
