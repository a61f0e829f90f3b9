import t from 'tap';
import { deploymentNamed, failureOf, newApi } from '../test-support.ts';

function problemsOf(spec: object): string {
  const { message } = failureOf(() => newApi().create('deployments', deploymentNamed('x', spec)));
  return message.replace('Deployment.apps "x" is invalid: ', '');
}

const containers = [{ name: 'c', image: 'x' }];

void t.test('deployments', async (t) => {
  const cases: [object, string][] = [
    [
      { template: { metadata: { labels: { a: 'c' } }, spec: { containers } } },
      'spec.template.metadata.labels: Invalid value: {"a":"c"}: `selector` does not match template `labels`',
    ],
    [{ selector: { matchLabels: {} } }, 'spec.selector: Invalid value: {}: empty selector is invalid for deployment'],
    [{ replicas: -1 }, 'spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
    [
      { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } },
      'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0',
    ],
    [
      { strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 1 } } },
      "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
    ],
    [
      { minReadySeconds: 700 },
      'spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds',
    ],
    [
      { template: { metadata: { labels: { app: 'x' } }, spec: { restartPolicy: 'Never', containers } } },
      'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
    ],
  ];
  for (const [spec, problem] of cases) t.equal(problemsOf(spec), problem);
});

void t.test('a selector is for life', async (t) => {
  const api = newApi();
  api.create('deployments', deploymentNamed('x'));
  const changed = deploymentNamed('x', {
    selector: { matchLabels: { a: 'c' } },
    template: { metadata: { labels: { a: 'c' } }, spec: { containers } },
  });
  t.equal(
    failureOf(() => api.update('deployments', changed)).message,
    'Deployment.apps "x" is invalid: spec.selector: Invalid value: {"matchLabels":{"a":"c"}}: field is immutable',
  );
});

void t.test('what of a StatefulSet may change', async (t) => {
  const api = newApi();
  const spec = { ...deploymentNamed('x').spec!, serviceName: 'a' };
  const set = api.create('statefulsets', { metadata: { name: 'x', namespace: 'default' }, spec });
  api.update('statefulsets', { ...set, spec: { ...set.spec!, replicas: 4, minReadySeconds: 3 } }, { dryRun: true });
  const changed = { ...set, spec: { ...set.spec!, podManagementPolicy: 'Parallel', serviceName: 'q' } } as const;
  t.equal(
    failureOf(() => api.update('statefulsets', changed)).message,
    'StatefulSet.apps "x" is invalid: [spec.serviceName: Invalid value: "q": field is immutable, spec.podManagementPolicy: Invalid value: "Parallel": field is immutable]',
  );
});

void t.test('a StatefulSet may mount its claims', async (t) => {
  const api = newApi();
  const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
  const mounting = [{ name: 'c', image: 'x', volumeMounts: [{ name: 'data', mountPath: '/data' }] }];
  const spec = {
    ...deploymentNamed('x').spec!,
    serviceName: 'a',
    template: { metadata: { labels: { app: 'x' } }, spec: { containers: mounting } },
  };
  const metadata = { name: 'x', namespace: 'default' };
  const volumeClaimTemplates = [{ metadata: { name: 'data' }, spec: claim }];
  api.create('statefulsets', { metadata, spec: { ...spec, volumeClaimTemplates } });
  t.match(
    failureOf(() => api.create('statefulsets', { metadata: { ...metadata, name: 'y' }, spec })).message,
    /Not found: "data"/,
  );
});

void t.test('jobs', async (t) => {
  const template = { spec: { containers } };
  const job = { metadata: { name: 'x', namespace: 'default' }, spec: { parallelism: -1, template } };
  t.equal(
    failureOf(() => newApi().create('jobs', job)).message,
    'Job.batch "x" is invalid: [spec.parallelism: Invalid value: -1: must be greater than or equal to 0, spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"]',
  );
});
