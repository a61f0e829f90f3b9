import t from 'tap';
import type { PodDisruptionBudgetSpec } from 'kubernetes-types/policy/v1.js';
import { isActive, isReady } from './shared/pods.ts';
import { eventually, startTestCluster, template } from './testing/test-cluster.ts';
import type { TestCluster } from './testing/test-cluster.ts';

const namespace = 'default';

async function start(t: { teardown(clean: () => void): void }, spec: PodDisruptionBudgetSpec) {
  const cluster = startTestCluster();
  t.teardown(() => cluster.stop());
  const selector = { matchLabels: { app: 'web' } };
  cluster.client.create('poddisruptionbudgets', {
    metadata: { namespace, name: 'web' },
    spec: { selector, ...spec },
  });
  cluster.client.create('deployments', {
    metadata: { namespace, name: 'web' },
    spec: { replicas: 4, selector, template: template('web') },
  });
  await eventually('four ready pods', () => pods(cluster).filter(isReady).length === 4);
  return cluster;
}

const pods = ({ client }: TestCluster) => client.list('pods', { namespace }).filter(isActive);
const status = ({ client }: TestCluster) => client.get('poddisruptionbudgets', namespace, 'web').status;

for (const [spec, desiredHealthy] of [
  [{ minAvailable: 3 }, 3],
  [{ minAvailable: '60%' }, 3],
  [{ maxUnavailable: 1 }, 3],
  [{ maxUnavailable: '50%' }, 2],
] as const) {
  void t.test(`status with ${JSON.stringify(spec)}`, async (t) => {
    const cluster = await start(t, spec);
    await eventually('counted', () => status(cluster)?.currentHealthy === 4);
    t.match(status(cluster), { expectedPods: 4, desiredHealthy, disruptionsAllowed: 4 - desiredHealthy });
    t.match(status(cluster)!.conditions, [{ type: 'DisruptionAllowed', status: 'True', reason: 'SufficientPods' }]);
  });
}

void t.test('evictions use the budget up, and replacements refill it', async (t) => {
  const cluster = await start(t, { minAvailable: 3 });
  await eventually('one allowed', () => status(cluster)?.disruptionsAllowed === 1);
  const [first, second] = pods(cluster);
  cluster.client.evict(namespace, first!.metadata.name);
  t.throws(() => cluster.client.evict(namespace, second!.metadata.name), {
    message: /violate the pod's disruption budget/,
  });
  await eventually('refilled', () => status(cluster)?.disruptionsAllowed === 1 && pods(cluster).length === 4);
  t.notOk(status(cluster)!.disruptedPods);
  cluster.client.evict(namespace, second!.metadata.name);
});
