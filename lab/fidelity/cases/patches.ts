/** The three kinds of patch. */
import { group, type Case } from '../case.ts';
import type { PatchType } from '../session.ts';
import { configMap, deployment } from '../objects.ts';
import { refusal } from '../views.ts';

const containers = [
  {
    name: 'a',
    image: 'a:1',
    env: [{ name: 'X', value: '1' }],
    ports: [{ containerPort: 80, name: 'http' }],
    args: ['1', '2'],
  },
  { name: 'b', image: 'b:1' },
];

/** What a template's containers, or the object's labels, are after the patch. */
const patched =
  (type: PatchType, body: unknown): Case['run'] =>
  async (s) => {
    await s.create(
      'deployments',
      deployment('web', { pod: { containers }, metadata: { labels: { one: '1', two: '2' } } }),
    );
    const answer = await s.patch('deployments', 'web', type, body);
    if (answer.code !== 200) return refusal(answer);
    const { metadata, spec } = answer.body;
    const { labels, annotations = {}, generation } = metadata;
    return {
      labels,
      note: annotations['note'],
      generation,
      replicas: spec.replicas,
      strategy: spec.strategy,
      containers: spec.template.spec.containers,
      tolerations: spec.template.spec.tolerations,
      volumes: spec.template.spec.volumes,
    };
  };

const inTemplate = (spec: object): object => ({ spec: { template: { spec } } });

export const patches = group(
  'patches',
  {
    'merge: null removes, the rest stays': patched('merge', { metadata: { labels: { one: null, three: '3' } } }),
    'merge: lists are replaced': patched('merge', inTemplate({ containers: [{ name: 'c', image: 'c:1' }] })),
    'merge: what is no object': patched('merge', 'text'),
    'merge: an empty patch': patched('merge', {}),
    'strategic: lists merge by name': patched('strategic', inTemplate({ containers: [{ name: 'b', image: 'b:2' }] })),
    'strategic: new entries come first': patched(
      'strategic',
      inTemplate({ containers: [{ name: 'c', image: 'c:1' }] }),
    ),
    'strategic: $patch delete': patched('strategic', inTemplate({ containers: [{ name: 'b', $patch: 'delete' }] })),
    'strategic: $patch replace': patched(
      'strategic',
      inTemplate({ containers: [{ name: 'z', image: 'z' }, { $patch: 'replace' }] }),
    ),
    'strategic: $setElementOrder': patched(
      'strategic',
      inTemplate({
        '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }],
        containers: [{ name: 'b', image: 'b:3' }],
      }),
    ),
    'strategic: $retainKeys': patched('strategic', { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } }),
    'strategic: $deleteFromPrimitiveList': patched('strategic', {
      metadata: { '$deleteFromPrimitiveList/finalizers': ['example.com/none'], annotations: { note: 'x' } },
    }),
    'strategic: lists without a key are replaced': patched(
      'strategic',
      inTemplate({
        containers: [{ name: 'a', args: ['3'], env: [{ name: 'Y', value: '2' }], ports: [{ containerPort: 81 }] }],
        tolerations: [{ operator: 'Exists' }],
      }),
    ),
    'strategic: an entry without its key': patched('strategic', inTemplate({ containers: [{ image: 'x' }] })),
    'json: every operation': patched('json', [
      { op: 'test', path: '/metadata/labels/one', value: '1' },
      { op: 'add', path: '/metadata/labels/a~1b', value: 'slash' },
      { op: 'replace', path: '/spec/replicas', value: 0 },
      { op: 'remove', path: '/metadata/labels/two' },
      { op: 'copy', from: '/metadata/labels/one', path: '/metadata/labels/four' },
      { op: 'move', from: '/metadata/labels/four', path: '/metadata/labels/five' },
      { op: 'add', path: '/spec/template/spec/containers/-', value: { name: 'c', image: 'c:1' } },
    ]),
    'json: a test that fails': patched('json', [{ op: 'test', path: '/spec/replicas', value: 9 }]),
    'json: a path that is not there': patched('json', [{ op: 'remove', path: '/spec/nope' }]),
    'json: an unknown operation': patched('json', [{ op: 'increment', path: '/spec/replicas' }]),
    'json: what is no list': patched('json', { op: 'add' }),
    'a result that is not valid': patched('merge', { spec: { replicas: -1 } }),
    'a generation grows with the spec alone': async (s) => {
      await s.create('deployments', deployment('web'));
      const generation = async (body: object): Promise<number> =>
        (await s.patch('deployments', 'web', 'merge', body)).body.metadata.generation;
      return [
        await generation({ metadata: { labels: { a: 'b' } } }),
        await generation({ spec: { minReadySeconds: 1 } }),
        await generation({ spec: { minReadySeconds: 1 } }),
        await generation({ status: { replicas: 5 } }),
      ];
    },
    'a patch that changes nothing keeps the version': async (s) => {
      const { body } = await s.create('configmaps', configMap('settings'));
      const same = await s.patch('configmaps', 'settings', 'merge', { data: { key: 'value' } });
      return { same: same.body.metadata.resourceVersion === body.metadata.resourceVersion };
    },
    'a patch for a version that is gone': async (s) => {
      const { body } = await s.create('configmaps', configMap('settings'));
      await s.patch('configmaps', 'settings', 'merge', { data: { key: '2' } });
      const { resourceVersion } = body.metadata;
      return refusal(
        await s.patch('configmaps', 'settings', 'merge', { metadata: { resourceVersion }, data: { key: '3' } }),
      );
    },
    'the status is changed at its own path': async (s) => {
      await s.create('deployments', deployment('web'));
      const status = { replicas: 3, conditions: [{ type: 'Example', status: 'True' }] };
      const { code, body } = await s.patch('deployments', 'web/status', 'merge', {
        status,
        spec: { replicas: 7 },
        metadata: { labels: { via: 'status' } },
      });
      return {
        code,
        replicas: body.spec.replicas,
        labels: body.metadata.labels,
        kept: body.status.conditions.length > 0,
      };
    },
  },
  { quick: true },
);
