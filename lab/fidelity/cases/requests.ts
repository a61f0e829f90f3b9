/** Requests that are wrong as such, and options that every resource takes. */
import { group } from '../case.ts';
import { configMap, deployment, idlePod, service } from '../objects.ts';
import { refusal } from '../views.ts';

export const requests = group(
  'requests',
  {
    'paths that are not there': async (s) => [
      await s.api.call('GET', '/nope'),
      await s.api.call('GET', '/apis/nope/v1'),
      await s.api.call('GET', '/apis/apps/v2/deployments'),
      refusal(await s.api.call('GET', '/apis/apps/v1/gadgets')),
      refusal(await s.api.call('GET', `/api/v1/namespaces/${s.namespace}/pods/web/nope`)),
    ],
    'objects that are not there': async (s) => [
      refusal(await s.get('pods', 'web')),
      refusal(await s.get('deployments', 'web')),
      refusal(await s.delete('services', 'web')),
      refusal(await s.patch('configmaps', 'settings', 'merge', {})),
      refusal(await s.replace('deployments', 'web', deployment('web'))),
      refusal(await s.get('pods', 'web/log')),
      refusal(await s.get('deployments', 'web/scale')),
    ],
    'a namespace that is not there': async (s) => [
      refusal(await s.api.call('POST', '/api/v1/namespaces/nowhere/configmaps', { body: configMap('settings') })),
      (await s.api.call('GET', '/api/v1/namespaces/nowhere/configmaps')).body.items,
      refusal(await s.api.call('GET', '/api/v1/namespaces/nowhere')),
    ],
    'an object that exists already': async (s) => {
      await s.create('configmaps', configMap('settings'));
      await s.create('deployments', deployment('web'));
      return [
        refusal(await s.create('configmaps', configMap('settings'))),
        refusal(await s.create('deployments', deployment('web'))),
      ];
    },
    'methods that are not allowed': async (s) => [
      refusal(await s.api.call('POST', s.path('configmaps', 'x'), { body: configMap('x') })),
      refusal(await s.api.call('PUT', s.path('configmaps'), { body: configMap('x') })),
      refusal(
        await s.api.call('PATCH', s.path('configmaps'), { body: {}, contentType: 'application/merge-patch+json' }),
      ),
      refusal(await s.api.call('DELETE', '/api/v1/namespaces')),
    ],
    'bodies that cannot be read': async (s) => {
      const post = (body: string | undefined, contentType = 'application/json'): Promise<unknown> =>
        s.api.call('POST', s.path('configmaps'), { ...(body !== undefined && { body }), contentType }).then(refusal);
      return [
        await post('{'),
        await post(''),
        await post('[]'),
        await post('null'),
        await post('<xml/>', 'application/xml'),
        await post('a: [', 'application/yaml'),
      ];
    },
    'YAML is read too': async (s) =>
      s.api.call('POST', s.path('configmaps'), {
        body: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {a: "1"}\n',
        contentType: 'application/yaml',
      }),
    'kinds that do not belong there': async (s) => [
      refusal(await s.create('configmaps', service('web'))),
      refusal(await s.create('configmaps', { ...configMap('a'), apiVersion: 'v2' })),
      refusal(await s.create('configmaps', { metadata: { name: 'bare' } })),
      refusal(await s.create('deployments', { ...deployment('web'), apiVersion: 'extensions/v1beta1' })),
      refusal(await s.create('configmaps', configMap('a', {}, { namespace: 'default' }))),
    ],
    'kinds of patch that are not known': async (s) => {
      await s.create('configmaps', configMap('settings'));
      const patch = (contentType: string): Promise<unknown> =>
        s.api.call('PATCH', s.path('configmaps', 'settings'), { body: {}, contentType }).then(refusal);
      return [await patch('application/json'), await patch('text/plain')];
    },
    'answers in a type that is not known': async (s) => refusal(await s.list('configmaps', {}, 'text/html')),
    'options that make no sense': async (s) => [
      refusal(await s.create('configmaps', configMap('a'), { dryRun: 'Some' })),
      refusal(await s.list('configmaps', { labelSelector: 'a=(b' })),
      refusal(await s.list('configmaps', { fieldSelector: 'spec.nope=1' })),
      refusal(await s.list('configmaps', { limit: 'many' })),
      refusal(await s.list('configmaps', { resourceVersion: 'abc' })),
      refusal(await s.list('configmaps', { continue: 'abc' })),
      refusal(await s.list('pods', { fieldSelector: 'status.phase' })),
    ],
    'dry run': async (s) => {
      const created = await s.create('deployments', deployment('web', { replicas: 3 }), { dryRun: 'All' });
      await s.create('configmaps', configMap('settings'));
      const patched = await s.patch('configmaps', 'settings', 'merge', { data: { key: 'other' } }, { dryRun: 'All' });
      const deleted = await s.delete('configmaps', 'settings', { dryRun: 'All' });
      return {
        created,
        found: refusal(await s.get('deployments', 'web')),
        patched: patched.body.data,
        deleted,
        still: (await s.get('configmaps', 'settings')).body.data,
      };
    },
    'generated names': async (s) => {
      const first = await s.create('configmaps', { ...configMap('x'), metadata: { generateName: 'made-' } });
      const long = await s.create('configmaps', { ...configMap('x'), metadata: { generateName: 'n'.repeat(300) } });
      const shape = (name: string): string => name.replace(/[bcdfghjklmnpqrstvwxz2456789]{5}$/, '<generated>');
      return {
        name: shape(first.body.metadata.name),
        generateName: first.body.metadata.generateName,
        long: { code: long.code, length: long.body.metadata.name?.length, message: long.body.message?.length > 0 },
      };
    },
    'a version at creation is refused': async (s) =>
      refusal(await s.create('configmaps', configMap('a', {}, { resourceVersion: '5' }))),
    'what the writer may not set is ignored': async (s) => {
      const metadata = {
        uid: '3b5a4b9c-0000-4000-8000-000000000000',
        creationTimestamp: '2001-01-01T00:00:00Z',
        generation: 7,
        deletionTimestamp: '2001-01-01T00:00:00Z',
      };
      const { body } = await s.create('deployments', {
        ...deployment('web', { metadata }),
        status: { replicas: 5 },
      });
      return {
        uid: body.metadata.uid === metadata.uid,
        created: body.metadata.creationTimestamp === metadata.creationTimestamp,
        generation: body.metadata.generation,
        deletion: body.metadata.deletionTimestamp,
        status: body.status,
      };
    },
    'replacing creates nothing': async (s) => refusal(await s.replace('configmaps', 'new', configMap('new'))),
    'replacing without a version is unconditional': async (s) => {
      await s.create('configmaps', configMap('settings'));
      const { code, body } = await s.replace('configmaps', 'settings', configMap('settings', { other: '1' }));
      return { code, data: body.data };
    },
    'the scale of a Deployment': async (s) => {
      await s.create(
        'deployments',
        deployment('web', { pod: { schedulerName: 'nobody', containers: [{ name: 'a', image: 'a:1' }] } }),
      );
      const read = await s.get('deployments', 'web/scale');
      const metadata = { name: 'web', namespace: s.namespace };
      // The controller may write at the same moment, which is a conflict then.
      const written = await s.until('written', async () => {
        const answer = await s.replace('deployments', 'web/scale', { ...read.body, metadata, spec: { replicas: 2 } });
        return answer.code !== 409 && answer;
      });
      return {
        read,
        written: { code: written.code, spec: written.body.spec },
        refused: refusal(await s.patch('deployments', 'web/scale', 'merge', { spec: { replicas: -1 } })),
        deployment: (await s.get('deployments', 'web')).body.spec.replicas,
      };
    },
    'an eviction of nothing': async (s) =>
      refusal(
        await s.api.call('POST', s.path('pods', 'web/eviction'), {
          body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'web' } },
        }),
      ),
    'binding a pod': async (s) => {
      await s.create('pods', idlePod('web'));
      const bind = (name: string): Promise<unknown> =>
        s.api
          .call('POST', s.path('pods', 'web/binding'), {
            body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'web' }, target: { kind: 'Node', name } },
          })
          .then(({ code, body }) => ({ code, status: body }));
      return [await bind('no-such-node'), await bind('another')];
    },
    'who am I, may I': async (s) => [
      await s.api
        .call('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
          body: {
            apiVersion: 'authorization.k8s.io/v1',
            kind: 'SelfSubjectAccessReview',
            spec: { resourceAttributes: { verb: 'delete', resource: 'nodes' } },
          },
        })
        .then(({ code, body }) => ({ code, spec: body.spec, allowed: body.status.allowed })),
    ],
    health: async (s) => [
      await s.api.call('GET', '/healthz'),
      await s.api.call('GET', '/readyz'),
      await s.api.call('GET', '/livez'),
    ],
    'discovery names the resources': async (s) => {
      const core = await s.api.call('GET', '/api/v1');
      const apps = await s.api.call('GET', '/apis/apps/v1');
      const pick = ({ body }: { body: any }, wanted: string[]): unknown =>
        body.resources
          .filter(({ name }: any) => wanted.includes(name))
          .map(({ storageVersionHash: _, ...resource }: any) => ({ ...resource, verbs: resource.verbs.toSorted() }))
          .toSorted((a: any, b: any) => (a.name < b.name ? -1 : 1));
      return {
        versions: (await s.api.call('GET', '/api')).body.versions,
        core: pick(core, ['pods', 'pods/log', 'pods/eviction', 'services', 'nodes', 'configmaps', 'events']),
        apps: pick(apps, ['deployments', 'deployments/scale', 'statefulsets', 'replicasets']),
      };
    },
    'pod security, where it is enforced': async (s) => {
      const labels = {
        'pod-security.kubernetes.io/enforce': 'restricted',
        'pod-security.kubernetes.io/warn': 'restricted',
      };
      await s.patch('namespaces', s.namespace, 'merge', { metadata: { labels } });
      const strict = {
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            name: 'main',
            image: 'app',
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          },
        ],
      };
      return [
        refusal(await s.create('pods', idlePod('plain'))),
        refusal(
          await s.create(
            'pods',
            idlePod('host', { hostNetwork: true, volumes: [{ name: 'a', hostPath: { path: '/' } }] }),
          ),
        ),
        refusal(await s.create('pods', idlePod('strict', strict))),
        refusal(await s.create('deployments', deployment('web'))),
      ];
    },
    'pod security, where it only warns': async (s) => {
      await s.patch('namespaces', s.namespace, 'merge', {
        metadata: { labels: { 'pod-security.kubernetes.io/warn': 'baseline' } },
      });
      return [
        refusal(await s.create('pods', idlePod('plain'))),
        refusal(await s.create('pods', idlePod('host', { hostPID: true }))),
      ];
    },
  },
  { quick: true },
);
