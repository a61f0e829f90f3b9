/** What every service counts about its requests and its process, at /metrics. */
import type { FastifyInstance } from 'fastify';
import { Counter, Gauge, Histogram, type Registry } from './metrics.ts';

const DURATION_BOUNDS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The client went away before its answer was written; nginx writes the same number in its logs. */
const CLIENT_CLOSED_REQUEST = 499;

export function addMetrics(app: FastifyInstance, registry: Registry): void {
  const requests = registry.add(
    new Counter('http_requests_total', 'Requests answered.', ['method', 'route', 'status']),
  );
  const durations = registry.add(
    new Histogram('http_request_duration_seconds', 'Time to answer a request.', DURATION_BOUNDS_SECONDS, [
      'method',
      'route',
    ]),
  );
  addProcessMetrics(registry);

  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unmatched';
    const status = reply.raw.writableFinished ? reply.statusCode : CLIENT_CLOSED_REQUEST;
    requests.increment(1, request.method, route, String(status));
    durations.observe(reply.elapsedTime / 1000, request.method, route);
    done();
  });
  app.get('/metrics', (_request, reply) => {
    void reply.type('text/plain; version=0.0.4; charset=utf-8').send(registry.render());
  });
}

function addProcessMetrics(registry: Registry): void {
  const startedAtSeconds = performance.timeOrigin / 1000;
  registry.add(
    new Gauge('process_start_time_seconds', 'Start of the process, in seconds since 1970.', () => startedAtSeconds),
  );
  registry.add(
    new Gauge('process_resident_memory_bytes', 'Memory that the process holds.', () => process.memoryUsage.rss()),
  );
}
