/**
 * A program for benchmarks, `node services/log-processor/testing/no-op.ts`: log-processor without its work. The same app with the
 * same hooks, metrics and validation takes a log and answers at once; nothing is processed or stored. What it does per
 * second is the limit that HTTP and validation set.
 */
import { invalidFields } from '../../shared/problem.ts';
import { run } from '../../shared/run.ts';
import { readServiceConfig } from '../../shared/service-config.ts';
import { createService, type Service } from '../../shared/service.ts';
import type { Logger } from '../../shared/logger.ts';
import type { ServiceConfig } from '../../shared/service-config.ts';
import { LARGEST_LOG_BYTES } from '../log.ts';
import { parseLog } from '../parse-log.ts';
import { takeRawBodies } from '../raw-bodies.ts';

function buildNoOp({ identity }: ServiceConfig, logger: Logger): Service {
  const checkReadiness = async () => null;
  const service = createService({ identity, logger, bodyLimitBytes: LARGEST_LOG_BYTES, checkReadiness });
  void service.app.register(async (scope) => {
    takeRawBodies(scope);
    scope.post<{ Body: Buffer }>('/logs', async (request, reply) => {
      const { log, errors } = parseLog(request.body);
      if (errors) throw invalidFields(errors);
      return reply.code(201).send({ id: log.id, duplicate: false, level: log.level });
    });
  });
  return service;
}

await run({ name: 'no-op', readConfig: readServiceConfig, build: buildNoOp });
