import t from 'tap';
import type { EmbeddedApi } from './in-process-client.ts';
import { failureOf, newApi, podNamed } from './test-support.ts';

function withBudget(status: object): EmbeddedApi {
  const api = newApi();
  api.create('poddisruptionbudgets', {
    metadata: { name: 'web', namespace: 'default' },
    spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
  });
  const body = { status: { observedGeneration: 1, ...status } };
  api.patch('poddisruptionbudgets', 'default', 'web', { type: 'merge', body }, { subresource: 'status' });
  api.create('pods', podNamed('a', { app: 'web' }));
  api.bind('default', 'a', 'w1');
  const running = { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } };
  api.patch('pods', 'default', 'a', { type: 'merge', body: running }, { subresource: 'status' });
  return api;
}

void t.test('a budget that has none left forbids the eviction', async (t) => {
  const api = withBudget({ disruptionsAllowed: 0, desiredHealthy: 1, currentHealthy: 1 });
  t.match(
    failureOf(() => api.evict('default', 'a')),
    {
      code: 429,
      reason: 'TooManyRequests',
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
      details: {
        causes: [
          { reason: 'DisruptionBudget', message: 'The disruption budget web needs 1 healthy pods and has 1 currently' },
        ],
      },
    },
  );
  t.equal(api.get('pods', 'default', 'a').metadata.deletionTimestamp, undefined);
});

void t.test('an eviction spends of the budget and says why the pod goes', async (t) => {
  const api = withBudget({ disruptionsAllowed: 1, desiredHealthy: 0, currentHealthy: 1 });
  api.evict('default', 'a', { gracePeriodSeconds: 7 });
  const pod = api.get('pods', 'default', 'a');
  t.equal(pod.metadata.deletionGracePeriodSeconds, 7);
  t.match(pod.status?.conditions?.at(-1), {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'EvictionByEvictionAPI',
  });
  const { status } = api.get('poddisruptionbudgets', 'default', 'web');
  t.equal(status?.disruptionsAllowed, 0);
  t.same(Object.keys(status?.disruptedPods ?? {}), ['a']);
  t.doesNotThrow(() => api.evict('default', 'a'), 'a pod that is going already needs no budget');
});

void t.test('a budget that its controller has not seen yet allows nothing', async (t) => {
  const api = withBudget({ observedGeneration: 0, disruptionsAllowed: 1 });
  t.match(failureOf(() => api.evict('default', 'a')).details, {
    retryAfterSeconds: 10,
    causes: [{ message: 'The disruption budget web is still being processed by the server.' }],
  });
});
