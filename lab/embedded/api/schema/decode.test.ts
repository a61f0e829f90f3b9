import t from 'tap';
import { deploymentNamed, failureOf, newApi, podNamed } from '../test-support.ts';

const create = (pod: object, fieldValidation: 'Strict' | 'Warn' | 'Ignore', warnings: string[] = []) =>
  newApi().create('pods', pod, { fieldValidation, warn: (message) => warnings.push(message) });

const withUnknown = {
  metadata: { name: 'a', namespace: 'default', foo: 1 },
  spec: { bar: 1, containers: [{ name: 'a', image: 'x', ports: [{ containerPort: 1, x: 1 }], zap: {} }] },
  qux: 2,
};

void t.test('unknown fields are refused, warned of or dropped, as asked', async (t) => {
  t.match(
    failureOf(() => create(withUnknown, 'Strict')),
    {
      code: 400,
      reason: 'BadRequest',
      message:
        'Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "metadata.foo", unknown field "spec.bar", unknown field "spec.containers[0].ports[0].x", unknown field "spec.containers[0].zap", unknown field "qux"',
    },
  );
  const warnings: string[] = [];
  const stored = create(withUnknown, 'Warn', warnings);
  t.equal(warnings.length, 5);
  t.equal(warnings[1], 'unknown field "spec.bar"');
  t.notOk('qux' in stored);
  warnings.length = 0;
  create(withUnknown, 'Ignore', warnings);
  t.same(warnings, []);
});

void t.test('values of a wrong type', async (t) => {
  const api = newApi();
  const cases: [object, string][] = [
    [
      { replicas: '3' },
      'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      { replicas: 1.5 },
      'json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [{ paused: 'yes' }, 'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.paused of type bool'],
    [
      { template: { spec: { containers: {} } } },
      'json: cannot unmarshal object into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container',
    ],
    [
      { template: { spec: { containers: [{ name: 3 }] } } },
      'json: cannot unmarshal number into Go struct field Container.spec.template.spec.containers.name of type string',
    ],
    [
      { template: { metadata: { labels: ['a'] } } },
      'json: cannot unmarshal array into Go struct field ObjectMeta.spec.template.metadata.labels of type map[string]string',
    ],
    [
      { template: { spec: { containers: [{ resources: { limits: { cpu: 'abc' } } }] } } },
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    [
      { strategy: { rollingUpdate: { maxSurge: true } } },
      'json: cannot unmarshal bool into Go struct field RollingUpdateDeployment.spec.strategy.rollingUpdate.maxSurge of type int32',
    ],
  ];
  for (const [spec, problem] of cases) {
    const { message } = failureOf(() => api.create('deployments', deploymentNamed('a', spec)));
    t.equal(message, `Deployment in version "v1" cannot be handled as a Deployment: ${problem}`);
  }
  const secret = { metadata: { name: 'a', namespace: 'default' }, data: { a: '!!' } };
  t.match(failureOf(() => api.create('secrets', secret)).message, /: illegal base64 data at input byte 0$/);
});

void t.test('what is null or empty is not set', async (t) => {
  const pod = {
    metadata: { name: 'a', namespace: 'default', labels: {}, annotations: null },
    spec: { containers: [{ name: 'a', image: 'x', env: [], command: null }], volumes: [{ name: 'v', emptyDir: {} }] },
  };
  const { metadata, spec } = create(pod, 'Strict');
  t.notOk('labels' in metadata || 'annotations' in metadata);
  t.notOk('env' in spec!.containers[0]! || 'command' in spec!.containers[0]!);
  t.same(spec!.volumes, [{ name: 'v', emptyDir: {} }], 'but an empty struct says something');
});

void t.test('an object of another kind', async (t) => {
  const other = { ...podNamed('a'), apiVersion: 'apps/v1', kind: 'Deployment' };
  t.match(
    failureOf(() => create(other, 'Strict')),
    {
      code: 400,
      message: /^Deployment in version "v1" cannot be handled as a Pod/,
    },
  );
});

void t.test('fields that the cluster does nothing about are warned of', async (t) => {
  const warnings: string[] = [];
  create(
    podNamed('a', {}, { hostPID: true, volumes: [{ name: 'v', nfs: { server: 'x', path: '/' } }] }),
    'Strict',
    warnings,
  );
  t.same(warnings, [
    'spec.hostPID: has no effect in the embedded cluster',
    'spec.volumes[0].nfs: has no effect in the embedded cluster',
  ]);
});
