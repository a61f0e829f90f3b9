import t from 'tap';
import { failureOf, newApi, podNamed } from '../test-support.ts';

const good = { name: 'a', image: 'x' };

/** What the API says of a pod with this spec, without the words that all such messages begin with. */
function problemsOf(spec: object): string {
  const api = newApi();
  const failure = failureOf(() => api.create('pods', { ...podNamed('x'), spec: spec as never }));
  return failure.message.replace('Pod "x" is invalid: ', '');
}

const containers = (container: object): object => ({ containers: [{ ...good, ...container }] });

void t.test('one problem is told plainly, several in a list, each also as a cause', async (t) => {
  t.equal(problemsOf({}), 'spec.containers: Required value');
  const failure = failureOf(() => newApi().create('pods', podNamed('x', {}, { containers: [{ name: '' }] })));
  t.match(failure, {
    code: 422,
    reason: 'Invalid',
    message: 'Pod "x" is invalid: [spec.containers[0].name: Required value, spec.containers[0].image: Required value]',
    details: {
      name: 'x',
      kind: 'Pod',
      causes: [
        { reason: 'FieldValueRequired', message: 'Required value', field: 'spec.containers[0].name' },
        { reason: 'FieldValueRequired', message: 'Required value', field: 'spec.containers[0].image' },
      ],
    },
  });
});

void t.test('single problems', async (t) => {
  const cases: [object, string][] = [
    [{ containers: [good, good] }, 'spec.containers[1].name: Duplicate value: "a"'],
    [
      { ...containers({}), restartPolicy: 'X' },
      'spec.restartPolicy: Unsupported value: "X": supported values: "Always", "OnFailure", "Never"',
    ],
    [
      containers({ ports: [{ containerPort: 70000 }] }),
      'spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
    ],
    [
      containers({ livenessProbe: {} }),
      'spec.containers[0].livenessProbe: Required value: must specify a handler type',
    ],
    [
      containers({ readinessProbe: { httpGet: { port: 80 }, tcpSocket: { port: 80 } } }),
      'spec.containers[0].readinessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type',
    ],
    [
      containers({ livenessProbe: { tcpSocket: { port: 80 }, successThreshold: 2 } }),
      'spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1',
    ],
    [
      containers({ resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } }),
      'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
    ],
    [
      containers({ volumeMounts: [{ name: 'w', mountPath: '/a' }] }),
      'spec.containers[0].volumeMounts[0].name: Not found: "w"',
    ],
    [
      containers({ env: [{ name: 'b', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] }),
      'spec.containers[0].env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty',
    ],
    [
      containers({ env: [{ name: 'b', valueFrom: { fieldRef: { fieldPath: 'spec.foo' } } }] }),
      'spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: "spec.foo": error converting fieldPath: field label not supported: spec.foo',
    ],
    [
      { ...containers({}), volumes: [{ name: 'v', emptyDir: {}, secret: { secretName: 'x' } }] },
      'spec.volumes[0].secret: Forbidden: may not specify more than 1 volume type',
    ],
    [
      { ...containers({}), volumes: [{ name: 'h', hostPath: { path: '/a/../b' } }] },
      `spec.volumes[0].hostPath.path: Invalid value: "/a/../b": must not contain '..'`,
    ],
    [
      { ...containers({}), tolerations: [{ key: 'a', tolerationSeconds: 3 }] },
      `spec.tolerations[0].effect: Invalid value: "": effect must be 'NoExecute' when \`tolerationSeconds\` is set`,
    ],
    [
      {
        ...containers({}),
        topologySpreadConstraints: [
          { maxSkew: 1, topologyKey: 'a', whenUnsatisfiable: 'ScheduleAnyway', minDomains: 2 },
        ],
      },
      'spec.topologySpreadConstraints[0].minDomains: Invalid value: 2: can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway',
    ],
    [
      { ...containers({}), initContainers: [{ name: 'i', image: 'x', livenessProbe: { exec: { command: ['a'] } } }] },
      'spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
    ],
  ];
  for (const [spec, problem] of cases) t.equal(problemsOf(spec), problem);
});

void t.test('an update may change images and add tolerations, and little else', async (t) => {
  const api = newApi();
  const created = api.create('pods', podNamed('x'));
  const withSpec = (spec: object) => ({ ...created, spec: { ...created.spec!, ...spec } });
  const main = created.spec!.containers[0]!;
  api.update('pods', withSpec({ containers: [{ ...main, image: 'y' }] }), { dryRun: true });
  const toleration = { key: 'a', operator: 'Exists' };
  api.update('pods', withSpec({ tolerations: [...created.spec!.tolerations!, toleration] }), { dryRun: true });
  t.match(
    failureOf(() => api.update('pods', withSpec({ containers: [{ ...main, args: ['y'] }] }))),
    {
      code: 422,
      message:
        'Pod "x" is invalid: spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
    },
  );
});
