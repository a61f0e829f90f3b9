/** Lists, selectors, pages, tables and watches. */
import { group } from '../case.ts';
import type { Session } from '../session.ts';
import { claim, configMap, deployment, disruptionBudget, idlePod, ingress, service, statefulSet } from '../objects.ts';
import { names, refusal } from '../views.ts';

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

async function labelled(s: Session): Promise<void> {
  await s.create('configmaps', configMap('a', {}, { labels: { app: 'web', tier: 'front' } }));
  await s.create('configmaps', configMap('b', {}, { labels: { app: 'web', tier: 'back' } }));
  await s.create('configmaps', configMap('c', {}, { labels: { app: 'db' } }));
  await s.create('configmaps', configMap('d', {}, { labels: { none: '' } }));
}

/** A table's columns, and its cells but the ages. */
async function table(s: Session, resource: string, name?: string): Promise<unknown> {
  const { body } = await s.api.call('GET', s.path(resource, name), { accept: TABLE });
  const columns: any[] = body.columnDefinitions;
  return {
    kind: body.kind,
    columns: columns.map(({ description: _, ...column }) => column),
    rows: body.rows.map(({ cells, object }: any) => ({
      cells: cells.map((cell: unknown, index: number) => (columns[index].name === 'Age' ? '<age>' : cell)),
      object: object.kind,
    })),
  };
}

export const lists = group(
  'lists',
  {
    'what a list is': async (s) => {
      await s.create('configmaps', configMap('settings'));
      return s.list('configmaps', { fieldSelector: 'metadata.name=settings' });
    },
    'label selectors': async (s) => {
      await labelled(s);
      const selectors = [
        'app=web',
        'app==web,tier!=back',
        'app in (web,db)',
        'tier notin (front)',
        'tier',
        '!app',
        'app=web,tier=none',
        'none=',
        'app notin (web), app',
      ];
      const answers = [];
      for (const labelSelector of selectors) {
        const { body } = await s.list('configmaps', {
          labelSelector,
          fieldSelector: 'metadata.name!=kube-root-ca.crt',
        });
        answers.push(`${labelSelector}: ${names(body.items).join(' ')}`);
      }
      return answers;
    },
    'field selectors': async (s) => {
      await s.create('pods', idlePod('a'));
      await s.create('pods', idlePod('b', { nodeName: 'nowhere', restartPolicy: 'Never' }));
      const selectors = [
        'metadata.name=a',
        'spec.nodeName=nowhere',
        'spec.nodeName!=nowhere',
        'status.phase=Pending',
        'spec.restartPolicy=Never',
        'spec.schedulerName=nobody',
        'status.phase!=Pending',
      ];
      const answers = [];
      for (const fieldSelector of selectors) {
        const { body } = await s.list('pods', { fieldSelector });
        answers.push(`${fieldSelector}: ${names(body.items).join(' ')}`);
      }
      return answers;
    },
    pages: async (s) => {
      await labelled(s);
      const first = await s.list('configmaps', { limit: 2, labelSelector: 'app' });
      const second = await s.list('configmaps', {
        limit: 2,
        labelSelector: 'app',
        continue: first.body.metadata.continue,
      });
      const { metadata } = first.body;
      return {
        first: names(first.body.items),
        continues: typeof metadata.continue,
        remaining: metadata.remainingItemCount,
        second: names(second.body.items),
        ends: second.body.metadata.continue,
        sameVersion: metadata.resourceVersion === second.body.metadata.resourceVersion,
      };
    },
    'all namespaces at once': async (s) => {
      await s.create('configmaps', configMap(`settings-${s.namespace}`));
      const { body } = await s.api.call('GET', '/api/v1/configmaps', {
        query: { fieldSelector: `metadata.name=settings-${s.namespace}` },
      });
      return { kind: body.kind, namespaces: body.items.map((item: any) => item.metadata.namespace) };
    },
    'metadata alone': async (s) => {
      await s.create('configmaps', configMap('settings'));
      return s.get('configmaps', 'settings', {
        accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
      });
    },
    'a table of pods': async (s) => {
      await s.create('pods', idlePod('web'));
      return table(s, 'pods');
    },
    'a table of Deployments': async (s) => {
      await s.create('deployments', deployment('web'));
      return table(s, 'deployments', 'web');
    },
    'a table of StatefulSets': async (s) => {
      await s.create('statefulsets', statefulSet('web'));
      return table(s, 'statefulsets');
    },
    'a table of Services': async (s) => {
      await s.create('services', service('a'));
      await s.create('services', service('b', { clusterIP: 'None', selector: undefined }));
      await s.create('services', service('c', { type: 'ExternalName', externalName: 'x.test', ports: undefined }));
      await s.create(
        'services',
        service('d', {
          type: 'NodePort',
          ports: [
            { port: 80, name: 'x' },
            { port: 81, name: 'y', protocol: 'UDP' },
          ],
        }),
      );
      return table(s, 'services');
    },
    'a table of Ingresses': async (s) => {
      await s.create('ingresses', ingress('web'));
      return table(s, 'ingresses');
    },
    'a table of ConfigMaps': async (s) => {
      await s.create('configmaps', configMap('settings', { a: '1', b: '2' }));
      return table(s, 'configmaps', 'settings');
    },
    'a table of Secrets': async (s) => {
      await s.create('secrets', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' }, data: { a: 'eA==' } });
      return table(s, 'secrets');
    },
    'a table of claims': async (s) => {
      await s.create('persistentvolumeclaims', claim('data', { storageClassName: 'none-such' }));
      return table(s, 'persistentvolumeclaims');
    },
    'a table of disruption budgets': async (s) => {
      await s.create('poddisruptionbudgets', disruptionBudget('web', 'web', { minAvailable: '50%' }));
      return table(s, 'poddisruptionbudgets');
    },
    'a table of ReplicaSets': async (s) => {
      await s.create('deployments', deployment('web', { revisionHistoryLimit: 1 }));
      await s.objects('replicasets', (items) => items.length === 1);
      return table(s, 'replicasets');
    },
    'a table of nodes': async (s) => ((await table(s, 'nodes')) as any).columns,
    'a table of nothing': (s) => table(s, 'leases'),
    'a watch from now on': async (s) => {
      const { body } = await s.list('configmaps');
      const { resourceVersion } = body.metadata;
      const watching = s.watch(
        'configmaps',
        { resourceVersion, labelSelector: 'seen=yes', timeoutSeconds: 30 },
        (events) => events.at(-1)?.type === 'DELETED' && events.length >= 4,
      );
      const seen = { labels: { seen: 'yes' } };
      await s.create('configmaps', configMap('unseen'));
      await s.create('configmaps', configMap('a', { n: '1' }, seen));
      await s.patch('configmaps', 'a', 'merge', { data: { n: '2' } });
      await s.patch('configmaps', 'a', 'merge', { metadata: { labels: { seen: 'no' } } });
      await s.patch('configmaps', 'a', 'merge', { metadata: { labels: { seen: 'yes' } } });
      await s.delete('configmaps', 'a');
      return (await watching).map(({ type, object }) => ({ type, data: object.data, labels: object.metadata.labels }));
    },
    'a watch begins with what is there': async (s) => {
      await labelled(s);
      const events = await s.watch(
        'configmaps',
        { labelSelector: 'app', timeoutSeconds: 30 },
        (seen) => seen.length === 3,
      );
      return events.map(({ type, object }) => `${type} ${object.metadata.name}`);
    },
    'a watch list ends its beginning with a bookmark': async (s) => {
      await labelled(s);
      const events = await s.watch(
        'configmaps',
        {
          labelSelector: 'app',
          sendInitialEvents: true,
          resourceVersionMatch: 'NotOlderThan',
          allowWatchBookmarks: true,
          timeoutSeconds: 30,
        },
        (seen) => seen.at(-1)?.type === 'BOOKMARK',
      );
      return events.map(({ type, object }) => ({
        type,
        name: object.metadata.name,
        kind: object.kind,
        annotations: object.metadata.annotations,
      }));
    },
    'a watch list needs its options': async (s) => [
      refusal(await s.list('configmaps', { watch: true, sendInitialEvents: true, timeoutSeconds: 1 })),
      refusal(await s.list('configmaps', { resourceVersionMatch: 'Exact' })),
      refusal(await s.list('configmaps', { resourceVersionMatch: 'Roughly', resourceVersion: '1' })),
    ],
    'a watch ends in time': async (s) => {
      const startedAt = performance.now();
      const events = await s.watch('configmaps', { timeoutSeconds: 1, labelSelector: 'none' }, () => false);
      const seconds = (performance.now() - startedAt) / 1000;
      return { events, ended: seconds >= 0.9 && seconds < 6 };
    },
    'a watch of one object': async (s) => {
      await s.create('configmaps', configMap('a'));
      const fieldSelector = 'metadata.name=a';
      const events = await s.watch('configmaps', { fieldSelector, timeoutSeconds: 30 }, (seen) => seen.length === 1);
      return events.map(({ type, object }) => `${type} ${object.metadata.name}`);
    },
    'a watch in tables': async (s) => {
      await s.create('configmaps', configMap('a'));
      const message = await s.api.open('GET', s.path('configmaps'), {
        accept: TABLE,
        query: { watch: true, fieldSelector: 'metadata.name=a', timeoutSeconds: 1 },
      });
      let text = '';
      for await (const chunk of message.setEncoding('utf8') as AsyncIterable<string>) text += chunk;
      const [event] = text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      return { type: event.type, kind: event.object.kind, rows: event.object.rows.length };
    },
  },
  { quick: true },
);
