import t from 'tap';
import { Environment } from '../shared/environment.ts';
import { ServiceProcess } from '../shared/testing/service-process.ts';
import { readConfig } from './config.ts';

void t.test('defaults', async (t) => {
  const environment = new Environment({
    PGUSER: 'u',
    PGPASSWORD: 'p',
    PGDATABASE: 'd',
    POD_NAME: 'pod',
    NODE_NAME: 'n',
  });
  t.match(readConfig(environment), {
    host: '0.0.0.0',
    port: 8080,
    identity: { pod: 'pod', node: 'n' },
    database: { host: 'postgres', port: 5432, user: 'u', password: 'p', database: 'd', timeoutMs: 900 },
    ingest: { batchItems: 1000, queueItems: 10_000, queueMs: 2000 },
    processingDelayMs: 0,
  });
  t.doesNotThrow(() => environment.finish());
});

void t.test('a wrong environment ends the process with one message that names all problems', async (t) => {
  const service = new ServiceProcess('log-processor', { PORT: 'http', PROCESSING_DELAY_MS: '-1', PGUSER: 'u' });
  t.equal(await service.exited(), 1);
  t.match(service.lines, [
    {
      level: 'error',
      message:
        'invalid configuration: PORT: expected an integer from 0 to 65535, got "http"; PGPASSWORD: required, but not set; ' +
        'PGDATABASE: required, but not set; PROCESSING_DELAY_MS: expected an integer from 0 to 60000, got "-1"',
    },
  ]);
  t.equal(service.lines.length, 1);
});
