/** Deletion: preconditions, finalizers, grace, and what becomes of dependents. */
import { group } from '../case.ts';
import type { Session } from '../session.ts';
import { configMap, deployment, idlePod, statefulSet } from '../objects.ts';
import { names, refusal } from '../views.ts';

const idleTemplate = { schedulerName: 'nobody', containers: [{ name: 'main', image: 'app:1' }] };

async function ownedConfigMaps(s: Session, blockOwnerDeletion = false): Promise<any> {
  const { body: owner } = await s.create('configmaps', configMap('owner'));
  const { uid } = owner.metadata;
  const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid, blockOwnerDeletion }];
  await s.create('configmaps', configMap('dependent', {}, { ownerReferences }));
  return owner;
}

/** The Deployment's ReplicaSet and pods are there, pods not scheduled. */
async function deployed(s: Session): Promise<void> {
  await s.create('deployments', deployment('web', { replicas: 2, pod: idleTemplate }));
  await s.objects('pods', (items) => items.length === 2);
}

export const deletion = group(
  'deletion',
  {
    'what a deletion answers': async (s) => {
      await s.create('configmaps', configMap('settings'));
      await s.create('pods', idlePod('web'));
      return [await s.delete('configmaps', 'settings'), await s.delete('pods', 'web')];
    },
    preconditions: async (s) => {
      await s.create('configmaps', configMap('settings'));
      const withPreconditions = async (preconditions: object): Promise<unknown> =>
        refusal(
          await s.delete('configmaps', 'settings', {}, { kind: 'DeleteOptions', apiVersion: 'v1', preconditions }),
        );
      return [
        await withPreconditions({ uid: '3b5a4b9c-0000-4000-8000-000000000000' }),
        await withPreconditions({ resourceVersion: '1' }),
      ];
    },
    'finalizers hold an object': async (s) => {
      await s.create('configmaps', configMap('settings', {}, { finalizers: ['example.com/hold'] }));
      const deleted = await s.delete('configmaps', 'settings');
      const held = await s.get('configmaps', 'settings');
      const again = await s.delete('configmaps', 'settings');
      const added = await s.patch('configmaps', 'settings', 'json', [
        { op: 'add', path: '/metadata/finalizers/-', value: 'example.com/more' },
      ]);
      const released = await s.patch('configmaps', 'settings', 'merge', { metadata: { finalizers: null } });
      return {
        deleted: { code: deleted.code, kind: deleted.body.kind, finalizers: deleted.body.metadata.finalizers },
        held: { code: held.code, deletionTimestamp: held.body.metadata.deletionTimestamp },
        again: again.code,
        added: refusal(added),
        released: released.code,
        gone: (await s.get('configmaps', 'settings')).code,
      };
    },
    'a bad propagation policy': async (s) => {
      await s.create('configmaps', configMap('settings'));
      return refusal(await s.delete('configmaps', 'settings', { propagationPolicy: 'Sideways' }));
    },
    'a negative grace period': async (s) => {
      await s.create('pods', idlePod('web'));
      return refusal(await s.delete('pods', 'web', { gracePeriodSeconds: -3 }));
    },
    'of a collection': async (s) => {
      await s.create('configmaps', configMap('a', {}, { labels: { x: '1' } }));
      await s.create('configmaps', configMap('b', {}, { labels: { x: '1' } }));
      await s.create('configmaps', configMap('c', {}, { labels: { x: '2' } }));
      const answer = await s.delete('configmaps', undefined, { labelSelector: 'x=1' });
      const left = await s.list('configmaps', { labelSelector: 'x' });
      return { code: answer.code, kind: answer.body.kind, left: names(left.body.items) };
    },
    'Background: dependents follow': async (s) => {
      await ownedConfigMaps(s);
      const { code } = await s.delete('configmaps', 'owner', { propagationPolicy: 'Background' });
      await s.gone('configmaps', 'dependent');
      return { code };
    },
    'Orphan: dependents stay': async (s) => {
      await ownedConfigMaps(s);
      const { code } = await s.delete('configmaps', 'owner', { propagationPolicy: 'Orphan' });
      const left = await s.object('configmaps', 'dependent', ({ metadata }) => !metadata.ownerReferences);
      await s.gone('configmaps', 'owner');
      return { code, left: left.metadata.name };
    },
    'Foreground: the owner waits': async (s) => {
      const owner = await ownedConfigMaps(s, true);
      await s.patch('configmaps', 'dependent', 'merge', { metadata: { finalizers: ['example.com/hold'] } });
      const { code } = await s.delete('configmaps', owner.metadata.name, { propagationPolicy: 'Foreground' });
      const waiting = await s.object('configmaps', 'owner', ({ metadata }) => metadata.deletionTimestamp);
      await s.object('configmaps', 'dependent', ({ metadata }) => metadata.deletionTimestamp);
      await s.patch('configmaps', 'dependent', 'merge', { metadata: { finalizers: null } });
      await s.gone('configmaps', 'owner');
      return { code, finalizers: waiting.metadata.finalizers };
    },
    'an owner that does not exist': async (s) => {
      const ownerReferences = [
        { apiVersion: 'v1', kind: 'ConfigMap', name: 'never', uid: '3b5a4b9c-0000-4000-8000-000000000000' },
      ];
      await s.create('configmaps', configMap('dependent', {}, { ownerReferences }));
      await s.gone('configmaps', 'dependent');
      return 'collected';
    },
    'a Deployment takes its pods along': async (s) => {
      await deployed(s);
      await s.delete('deployments', 'web');
      await s.objects('pods', (items) => items.length === 0);
      await s.objects('replicasets', (items) => items.length === 0);
      return 'gone';
    },
    'orphaned ReplicaSets are adopted again': async (s) => {
      await deployed(s);
      const [before] = (await s.list('replicasets')).body.items;
      await s.delete('deployments', 'web', { propagationPolicy: 'Orphan' });
      await s.gone('deployments', 'web');
      await s.objects('replicasets', ([set]) => !set.metadata.ownerReferences);
      await s.create('deployments', deployment('web', { replicas: 2, pod: idleTemplate }));
      const [after] = await s.objects('replicasets', ([set]) => set.metadata.ownerReferences);
      return { same: before.metadata.uid === after.metadata.uid, pods: (await s.list('pods')).body.items.length };
    },
    'a pod that loses its labels is replaced': async (s) => {
      await deployed(s);
      const [first] = (await s.list('pods')).body.items;
      await s.patch('pods', first.metadata.name, 'merge', { metadata: { labels: { app: 'other' } } });
      await s.objects('pods', (items) => items.length === 3);
      const freed = await s.object('pods', first.metadata.name, ({ metadata }) => !metadata.ownerReferences);
      return { owners: freed.metadata.ownerReferences, labels: Object.keys(freed.metadata.labels) };
    },
    'a namespace takes all along': async (s) => {
      const namespace = `${s.namespace}-x`;
      const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
      await s.api.call('POST', '/api/v1/namespaces', { body });
      await s.api.call('POST', `/api/v1/namespaces/${namespace}/configmaps`, {
        body: configMap('held', {}, { finalizers: ['example.com/hold'] }),
      });
      const deleted = await s.api.call('DELETE', `/api/v1/namespaces/${namespace}`);
      const terminating = await s.object('namespaces', namespace, ({ status }) => status.conditions?.length >= 5);
      const create = await s.api.call('POST', `/api/v1/namespaces/${namespace}/configmaps`, {
        body: configMap('late'),
      });
      await s.api.call('PATCH', `/api/v1/namespaces/${namespace}/configmaps/held`, {
        body: { metadata: { finalizers: null } },
        contentType: 'application/merge-patch+json',
      });
      await s.gone('namespaces', namespace);
      return {
        deleted: { code: deleted.code, phase: deleted.body.status.phase, finalizers: deleted.body.spec.finalizers },
        conditions: terminating.status.conditions.map(({ type, status, reason }: any) => `${type} ${status} ${reason}`),
        create: refusal(create),
      };
    },
    'a StatefulSet keeps its claims': async (s) => {
      const volumeClaimTemplates = [
        {
          metadata: { name: 'data' },
          spec: {
            accessModes: ['ReadWriteOnce'],
            storageClassName: 'none-such',
            resources: { requests: { storage: '1Gi' } },
          },
        },
      ];
      await s.create('statefulsets', statefulSet('db', { replicas: 1, pod: idleTemplate, volumeClaimTemplates }));
      await s.objects('pods', (items) => items.length === 1);
      await s.delete('statefulsets', 'db');
      await s.objects('pods', (items) => items.length === 0);
      const [kept] = (await s.list('persistentvolumeclaims')).body.items;
      return { name: kept.metadata.name, labels: kept.metadata.labels, phase: kept.status.phase, spec: kept.spec };
    },
    'a claim in use is kept': async (s) => {
      const spec = {
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'none-such',
        resources: { requests: { storage: '1Gi' } },
      };
      const object = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data' }, spec };
      const created = await s.create('persistentvolumeclaims', object);
      await s.delete('persistentvolumeclaims', 'data');
      await s.gone('persistentvolumeclaims', 'data');
      return { finalizers: created.body.metadata.finalizers };
    },
  },
  { quick: true },
);
