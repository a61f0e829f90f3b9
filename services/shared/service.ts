/** The Fastify app that all services start from: identity, errors, health, metrics, draining. */
import Fastify, { type FastifyInstance } from 'fastify';
import { addErrorHandling, answerClientError, sendFrameworkError } from './error-handling.ts';
import { addHealth, type ReadinessCheck } from './health.ts';
import { addMetrics } from './http-metrics.ts';
import { Lifecycle } from './lifecycle.ts';
import type { Logger } from './logger.ts';
import { Registry } from './metrics.ts';
import type { Identity } from './service-config.ts';
import { addClosingOfUnusedConnections } from './unused-connections.ts';
import { typeBoxCompiler } from './validation.ts';

export interface Service {
  app: FastifyInstance;
  lifecycle: Lifecycle;
  metrics: Registry;
}

export interface ServiceOptions {
  identity: Identity;
  logger: Logger;
  /** Largest body that is read into memory. */
  bodyLimitBytes: number;
  checkReadiness: ReadinessCheck;
}

/** A connection on which nothing moves for so long is closed. */
const IDLE_CONNECTION_MS = 75_000;

export function createService({ identity, logger, bodyLimitBytes, checkReadiness }: ServiceOptions): Service {
  const lifecycle = new Lifecycle();
  const metrics = new Registry();
  const app: FastifyInstance = Fastify({
    logger: false,
    bodyLimit: bodyLimitBytes,
    connectionTimeout: IDLE_CONNECTION_MS,
    keepAliveTimeout: IDLE_CONNECTION_MS,
    // While closing, requests on connections that are still open are served; Fastify's own 503 would lack the headers.
    return503OnClosing: false,
    // Fastify would load its own compilers to have them at hand, which takes a third of the time that a service needs to start.
    schemaController: { compilersFactory: { buildValidator: replaced, buildSerializer: replaced } },
    frameworkErrors: (error, _request, reply) => sendFrameworkError(identity, error, reply),
    clientErrorHandler: (error, socket) => answerClientError(identity, error, socket),
  });
  app.setValidatorCompiler(typeBoxCompiler);
  app.setSerializerCompiler(() => JSON.stringify);
  addIdentity(app, identity);
  addDraining(app, lifecycle);
  addClosingOfUnusedConnections(app);
  addErrorHandling(app, logger);
  addMetrics(app, metrics);
  addHealth(app, lifecycle, checkReadiness);
  return { app, lifecycle, metrics };
}

function replaced(): never {
  throw new Error('the app sets its own compilers');
}

function addIdentity(app: FastifyInstance, { pod, node }: Identity): void {
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header('x-pod', pod).header('x-node', node);
    done();
  });
}

/** Sends clients with kept connections elsewhere. At the answer, because draining may begin while a request is in progress. */
function addDraining(app: FastifyInstance, lifecycle: Lifecycle): void {
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (lifecycle.draining) reply.header('connection', 'close');
    done();
  });
}
