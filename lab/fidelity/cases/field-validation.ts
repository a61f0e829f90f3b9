/** Fields that the API does not know: Ignore, Warn and Strict. */
import { group } from '../case.ts';
import { configMap, deployment } from '../objects.ts';
import { refusal, specOf } from '../views.ts';

const misspelt = deployment('web', { replicsa: 3, pod: { containers: [{ name: 'main', image: 'app', imege: 'x' }] } });
/** One alone: of several the API server names some, other ones each time. */
const misspeltInList = deployment('web', { pod: { containers: [{ name: 'main', image: 'app', imege: 'x' }] } });
const twice =
  '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"twice","name":"twice"},"data":{"a":"1","a":"2"}}';

export const fieldValidation = group(
  'field-validation',
  {
    'Strict refuses': async (s) => refusal(await s.create('deployments', misspelt, { fieldValidation: 'Strict' })),
    'Warn warns': async (s) => specOf(await s.create('deployments', misspelt, { fieldValidation: 'Warn' })),
    'Ignore says nothing': async (s) => specOf(await s.create('deployments', misspelt, { fieldValidation: 'Ignore' })),
    'the default warns': async (s) => refusal(await s.create('deployments', misspelt)),
    'another mode is refused': async (s) =>
      refusal(await s.create('deployments', misspelt, { fieldValidation: 'Lenient' })),
    'fields that appear twice': async (s) => {
      const post = async (fieldValidation: string): Promise<unknown> => {
        const answer = await s.api.call('POST', s.path('configmaps'), {
          body: twice,
          query: { fieldValidation, dryRun: 'All' },
        });
        return { ...(refusal(answer) as object), data: answer.body.data };
      };
      return [await post('Strict'), await post('Warn'), await post('Ignore')];
    },
    'in a merge patch': async (s) => {
      await s.create('deployments', deployment('web'));
      const change = { spec: { replicsa: 1 }, nope: true };
      return [
        refusal(await s.patch('deployments', 'web', 'merge', change, { fieldValidation: 'Strict' })),
        refusal(await s.patch('deployments', 'web', 'merge', change, { fieldValidation: 'Warn' })),
        refusal(await s.patch('deployments', 'web', 'strategic', change, { fieldValidation: 'Strict' })),
        refusal(
          await s.patch('deployments', 'web', 'json', [{ op: 'add', path: '/spec/nope', value: 1 }], {
            fieldValidation: 'Strict',
          }),
        ),
      ];
    },
    'in a replacement': async (s) => {
      const { body } = await s.create('configmaps', configMap('settings'));
      return refusal(await s.replace('configmaps', 'settings', { ...body, extra: 1 }, { fieldValidation: 'Strict' }));
    },
    'in an apply': async (s) => [
      refusal(await s.apply('deployments', misspeltInList, 'me', { fieldValidation: 'Strict' })),
      refusal(await s.apply('deployments', misspeltInList, 'me', { fieldValidation: 'Warn' })),
    ],
  },
  { quick: true },
);
