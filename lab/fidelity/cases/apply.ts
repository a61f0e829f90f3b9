/** Server-side apply: owners, conflicts, and what goes when it is no longer applied. */
import { group } from '../case.ts';
import { configMap, deployment } from '../objects.ts';
import { owners, refusal } from '../views.ts';

const withLabels = (labels: Record<string, string>): any => deployment('web', { metadata: { labels } });

export const apply = group(
  'apply',
  {
    'creates, and says who owns what': async (s) => {
      const answer = await s.apply(
        'deployments',
        deployment('web', {
          pod: {
            containers: [{ name: 'a', image: 'a:1', ports: [{ containerPort: 80 }], env: [{ name: 'X', value: '1' }] }],
          },
        }),
        'me',
      );
      return { code: answer.code, owners: owners(answer) };
    },
    'needs a manager': async (s) => refusal(await s.patch('configmaps', 'settings', 'apply', configMap('settings'))),
    'needs a kind': async (s) =>
      refusal(await s.patch('configmaps', 'x', 'apply', { metadata: { name: 'x' } }, { fieldManager: 'me' })),
    'takes YAML': async (s) => {
      const yaml = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  a: "1"\n';
      const answer = await s.patch('configmaps', 'settings', 'apply', yaml, { fieldManager: 'me' });
      return { ...answer, owners: owners(answer) };
    },
    'another manager meets a conflict': async (s) => {
      await s.apply('configmaps', configMap('settings', { a: '1', b: '1' }), 'first');
      return refusal(await s.apply('configmaps', configMap('settings', { a: '2', b: '2' }), 'second'));
    },
    'conflicts with whoever updated': async (s) => {
      await s.create('configmaps', configMap('settings', { a: '1' }), { fieldManager: 'updater' });
      return refusal(await s.apply('configmaps', configMap('settings', { a: '2' }), 'applier'));
    },
    'force takes over': async (s) => {
      await s.apply('configmaps', configMap('settings', { a: '1', b: '1' }), 'first');
      const answer = await s.apply('configmaps', configMap('settings', { a: '2' }), 'second', { force: true });
      return { code: answer.code, data: answer.body.data, owners: owners(answer) };
    },
    'equal values are shared': async (s) => {
      await s.apply('configmaps', configMap('settings', { a: '1' }), 'first');
      const answer = await s.apply('configmaps', configMap('settings', { a: '1' }), 'second');
      return { code: answer.code, owners: owners(answer) };
    },
    'what is no longer applied goes': async (s) => {
      await s.apply('configmaps', configMap('settings', { a: '1', b: '1' }), 'me');
      const answer = await s.apply('configmaps', configMap('settings', { b: '1' }), 'me');
      return { data: answer.body.data, owners: owners(answer) };
    },
    'but not what another owns too': async (s) => {
      await s.apply('configmaps', configMap('settings', { a: '1', b: '1' }), 'me');
      await s.apply('configmaps', configMap('settings', { a: '1' }), 'you');
      const answer = await s.apply('configmaps', configMap('settings', { b: '1' }), 'me');
      return { data: answer.body.data, owners: owners(answer) };
    },
    'an update takes ownership': async (s) => {
      await s.apply('configmaps', configMap('settings', { a: '1', b: '1' }), 'me');
      const answer = await s.patch(
        'configmaps',
        'settings',
        'merge',
        { data: { a: '2' } },
        { fieldManager: 'updater' },
      );
      return owners(answer);
    },
    'scaling takes the replicas': async (s) => {
      await s.apply('deployments', deployment('web'), 'me');
      await s.patch(
        'deployments',
        'web/scale',
        'merge',
        { spec: { replicas: 0 }, metadata: {} },
        { fieldManager: 'scaler' },
      );
      await s.patch('deployments', 'web/scale', 'merge', { spec: { replicas: 1 } }, { fieldManager: 'scaler' });
      const answer = await s.apply('deployments', deployment('web', { replicas: 0 }), 'me');
      return refusal(answer);
    },
    'lists merge by key': async (s) => {
      const withContainer = (...containers: object[]): object => deployment('web', { pod: { containers } });
      await s.apply('deployments', withContainer({ name: 'a', image: 'a:1' }, { name: 'b', image: 'b:1' }), 'me');
      const answer = await s.apply(
        'deployments',
        withContainer({ name: 'b', image: 'b:1' }, { name: 'c', image: 'c:1' }),
        'me',
      );
      return answer.body.spec.template.spec.containers.map(({ name, image }: any) => `${name} ${image}`);
    },
    'a duplicate key in a list': async (s) =>
      refusal(
        await s.apply(
          'deployments',
          deployment('web', {
            pod: {
              containers: [
                { name: 'a', image: 'a:1' },
                { name: 'a', image: 'a:2' },
              ],
            },
          }),
          'me',
        ),
      ),
    'managedFields cannot be applied': async (s) =>
      refusal(await s.apply('configmaps', configMap('settings', {}, { managedFields: [{ manager: 'x' }] }), 'me')),
    'an object that is not valid': async (s) => refusal(await s.apply('configmaps', configMap('Upper'), 'me')),
    'the name in the path counts': async (s) =>
      refusal(await s.patch('configmaps', 'other', 'apply', configMap('settings'), { fieldManager: 'me' })),
    'an unchanged apply keeps the version': async (s) => {
      const first = await s.apply('deployments', withLabels({ a: '1' }), 'me', { dryRun: 'All' });
      const made = await s.apply('configmaps', configMap('settings'), 'me');
      const again = await s.apply('configmaps', configMap('settings'), 'me');
      return {
        dryRun: first.code,
        found: (await s.get('deployments', 'web')).code,
        same: made.body.metadata.resourceVersion === again.body.metadata.resourceVersion,
      };
    },
    'labels and annotations have owners of their own': async (s) => {
      await s.apply('deployments', withLabels({ a: '1' }), 'me');
      const answer = await s.apply('deployments', withLabels({ a: '1', b: '2' }), 'you');
      return {
        labels: answer.body.metadata.labels,
        owners: (owners(answer) as any[])
          .filter(({ operation }) => operation === 'Apply')
          .map(({ manager }) => manager),
      };
    },
  },
  { quick: true },
);
