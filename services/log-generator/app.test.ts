import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import t from 'tap';
import { Environment } from '../shared/environment.ts';
import { silentLogger } from '../shared/testing/silent-logger.ts';
import { until } from '../shared/testing/until.ts';
import { buildApp } from './app.ts';
import { readConfig } from './config.ts';

/** A processor that stores everything it has not seen, and a generator in front of it. */
async function setUp(environment: Record<string, string> = {}) {
  const ids = new Set<string>();
  const store = async (request: IncomingMessage, response: ServerResponse) => {
    const { id } = (await json(request)) as { id: string };
    response.writeHead(ids.has(id) ? 200 : 201, { 'x-pod': 'p', 'x-node': 'n' }).end();
    ids.add(id);
  };
  const processor = createServer((request, response) => void store(request, response)).listen(0, '127.0.0.1');
  await once(processor, 'listening');
  const config = readConfig(
    new Environment({
      LOG_PROCESSOR_URL: `http://127.0.0.1:${(processor.address() as AddressInfo).port}`,
      ...environment,
    }),
  );
  const { app, lifecycle } = buildApp(config, silentLogger);
  const close = async () => {
    lifecycle.beginDraining();
    await app.close();
    processor.close();
    processor.closeAllConnections();
  };
  return { app, ids, close };
}

void t.test('generates on request, and the same again for the same seed', async (t) => {
  const { app, ids, close } = await setUp();
  t.teardown(close);
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  const generate = async (body: object) => {
    const response = await fetch(`${address}/generate`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return (await response.json()) as object;
  };
  t.match(await generate({ count: 50, seed: 3 }), {
    seed: 3,
    sent: 50,
    acknowledged: 50,
    duplicates: 0,
    byPod: { p: 50 },
  });
  t.match(await generate({ count: 60, seed: 3, keepAlive: false }), { acknowledged: 60, duplicates: 50 });
  t.match(await generate({ count: 10 }), { seed: Number, acknowledged: 10, duplicates: 0 });
  t.equal(ids.size, 70);
  t.match(await generate({ count: 0, rate: -1, more: 1 }), {
    errors: [{ field: 'more' }, { field: 'count' }, { field: 'rate' }],
  });
  const metrics = await (await fetch(`${address}/metrics`)).text();
  t.match(metrics, 'generator_logs_total{outcome="stored"} 70');
  t.match(metrics, 'generator_logs_total{outcome="duplicate"} 50');
});

void t.test('generates all the time, until the service ends', async (t) => {
  const { app, ids, close } = await setUp({ CONTINUOUS_RATE: '200' });
  await app.listen({ host: '127.0.0.1', port: 0 });
  await until(() => ids.size >= 20);
  await close();
  const atEnd = ids.size;
  await new Promise((resolve) => void setImmediate(resolve));
  t.equal(ids.size, atEnd);
});
