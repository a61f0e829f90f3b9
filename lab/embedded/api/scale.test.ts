import t from 'tap';
import { applyScale, toScale } from './scale.ts';
import { deploymentNamed, failureOf, newApi } from './test-support.ts';
import type { KubeObject } from './types.ts';

void t.test('a Deployment seen as a Scale', async (t) => {
  const api = newApi();
  const stored = api.create('deployments', deploymentNamed('web', { replicas: 3 })) as KubeObject;
  t.match(toScale(stored), {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name: 'web', uid: stored.metadata.uid, resourceVersion: stored.metadata.resourceVersion },
    spec: { replicas: 3 },
    status: { replicas: 0, selector: 'app=web' },
  });
  t.equal(
    failureOf(() => applyScale(stored, { spec: { replicas: -1 } })).message,
    'Scale.autoscaling "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
  );
});

void t.test('the subresource takes Scales and patches of them', async (t) => {
  const api = newApi();
  const stored = api.create('deployments', deploymentNamed('web')) as KubeObject;
  const options = { subresource: 'scale', fieldManager: 'kubectl' } as const;
  const body = { spec: { replicas: 4 } };
  const scaled = api.patch('deployments', 'default', 'web', { type: 'merge', body }, options);
  t.equal(scaled.spec?.replicas, 4);
  t.equal(scaled.metadata.generation, 2);
  t.match(
    scaled.metadata.managedFields?.find(({ manager }) => manager === 'kubectl'),
    {
      subresource: 'scale',
      fieldsV1: { 'f:spec': { 'f:replicas': {} } },
    },
  );
  t.match(
    failureOf(() => api.update('deployments', toScale(stored) as object, options)),
    {
      reason: 'Conflict',
      message: /^Operation cannot be fulfilled on deployments.apps "web": the object has been modified/,
    },
  );
});
