import t from 'tap';
import type { KubeObject } from '../cluster/objects.ts';
import { chooseGenerator } from './generate.ts';

function pod(name: string, metadata: object = {}): KubeObject {
  const status = { conditions: [{ type: 'Ready', status: 'True' }] };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, ...metadata }, status };
}

void t.test('a rollout’s old pod is not given a job, though it is still ready', async (t) => {
  const old = pod('old', { deletionTimestamp: '2026-01-01T00:00:00Z' });
  t.equal(chooseGenerator([old, pod('new')]).metadata.name, 'new');
  t.throws(() => chooseGenerator([old]), { message: /no pod of log-generator is ready/ });
});
