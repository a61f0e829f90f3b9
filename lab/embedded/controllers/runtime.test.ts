import t from 'tap';
import { createApiClient } from '../api/in-process-client.ts';
import { ApiError } from '../api/errors.ts';
import { keyOf, startController, watch } from './runtime.ts';
import type { RequeueAfter } from './runtime.ts';
import { eventually } from './testing/test-cluster.ts';

function start(
  t: { teardown(clean: () => void): void },
  reconcile: (key: string) => RequeueAfter | Promise<RequeueAfter>,
  keysOf: (object: { metadata: { namespace?: string; name: string; labels?: Record<string, string> } }) => string[] = (
    object,
  ) => [keyOf(object)],
) {
  const client = createApiClient({ serviceCidr: '127.42.96.0/20' });
  client.create('namespaces', { metadata: { name: 'default' } });
  const errors: unknown[] = [];
  const controller = { name: 'test', watches: [watch('configmaps', keysOf)], reconcile };
  const stop = startController(client, controller, (_name, _key, error) => errors.push(error));
  t.teardown(stop);
  return { client, errors, stop };
}

const configMap = (name: string, labels: Record<string, string> = {}) => ({
  metadata: { namespace: 'default', name, labels },
});

function recording(keys: string[]) {
  return (key: string): undefined => {
    keys.push(key);
  };
}

void t.test('several changes of one object are one reconcile', async (t) => {
  const keys: string[] = [];
  const { client } = start(t, recording(keys));
  client.create('configmaps', configMap('a'));
  client.create('configmaps', configMap('b'));
  client.update('configmaps', { ...configMap('a'), data: { x: '1' } });
  await eventually('both', () => keys.length >= 2);
  client.create('configmaps', configMap('later'));
  await eventually('a later one', () => keys.includes('default/later'));
  t.strictSame(keys, ['default/a', 'default/b', 'default/later']);
});

void t.test('an object that changes hands concerns both sides', async (t) => {
  const keys: string[] = [];
  const { client } = start(t, recording(keys), (object) => [object.metadata.labels?.['owner'] ?? 'nobody']);
  client.create('configmaps', configMap('a', { owner: 'x' }));
  await eventually('x', () => keys.includes('x'));
  client.update('configmaps', configMap('a', { owner: 'y' }));
  await eventually('y', () => keys.includes('y'));
  t.strictSame(keys, ['x', 'x', 'y']);
});

void t.test('an error is reported and retried, a conflict only retried', async (t) => {
  let attempts = 0;
  const { client, errors } = start(t, () => {
    attempts += 1;
    if (attempts === 1) throw new ApiError('Conflict', 'somebody was faster');
    if (attempts === 2) throw new Error('broken');
    return undefined;
  });
  client.create('configmaps', configMap('a'));
  await eventually('third attempt', () => attempts === 3);
  t.match(errors, [{ message: 'broken' }]);
  t.equal(errors.length, 1);
});

void t.test('a key is reconciled again after the time it asks for, and not after stop', async (t) => {
  const times: number[] = [];
  const { client, stop } = start(t, async () => {
    times.push(performance.now());
    return await Promise.resolve(0.05);
  });
  client.create('configmaps', configMap('a'));
  await eventually('third time', () => times.length === 3);
  t.ok(times[2]! - times[0]! >= 98, 'twice 50 ms');
  stop();
  const count = times.length;
  await new Promise((resolve) => setTimeout(resolve, 150));
  t.equal(times.length, count);
});
