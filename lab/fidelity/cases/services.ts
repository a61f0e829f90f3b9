/** Endpoints follow pods, and Services lead to them. */
import { group } from '../case.ts';
import type { Session } from '../session.ts';
import { container, deployment, pod, server, service, statefulSet } from '../objects.ts';

const probed = { readinessProbe: { httpGet: { port: 8080 }, periodSeconds: 1, failureThreshold: 1 } };
const NAMED = 'response.write(process.env.HOSTNAME + "\\n")';

function web(code = server(8080, NAMED), more: object = {}): object {
  return {
    terminationGracePeriodSeconds: 5,
    containers: [container(code, { ...probed, ports: [{ name: 'http', containerPort: 8080 }], ...more })],
  };
}

async function endpoints(s: Session, condition: (list: any[]) => unknown): Promise<any> {
  const [slice] = await s.objects(
    'endpointslices',
    (slices) => condition(slices.flatMap((item) => item.endpoints ?? [])) && slices.length > 0,
  );
  return slice;
}

/** Code for a pod that asks the URL so many times, each on a new connection, and counts the answers. */
function asks(url: string, times: number): string {
  return `
    const http = require("node:http"), counts = {};
    const ask = () => new Promise((done) => {
      const request = http.get(${JSON.stringify(url)}, { agent: false, timeout: 5000 }, (response) => {
        let text = ""; response.on("data", (part) => text += part); response.on("end", () => done(text.split("\\n")[0]));
      });
      request.on("error", (error) => done(error.code));
    });
    (async () => { for (let i = 0; i < ${times}; i++) { const who = await ask(); counts[who] = (counts[who] ?? 0) + 1 }
      console.log(Object.keys(counts).length, Object.values(counts).reduce((a, b) => a + b)); })();`;
}

/** Runs code in a pod to its end and answers what it printed. */
async function prints(s: Session, name: string, code: string): Promise<string> {
  await s.create('pods', pod(name, { restartPolicy: 'Never', containers: [container(code)] }));
  await s.object('pods', name, ({ status }) => ['Succeeded', 'Failed'].includes(status.phase));
  return (await s.get('pods', `${name}/log`)).body.trim();
}

export const services = group('services', {
  'an EndpointSlice': async (s) => {
    await s.create('services', service('web', { ports: [{ name: 'http', port: 80, targetPort: 'http' }] }));
    await s.create('pods', pod('web', web(), { labels: { app: 'web' } }));
    const slice = await endpoints(s, (list) => list[0]?.conditions.ready);
    return { ...slice, metadata: { ...slice.metadata, generation: undefined } };
  },
  'Endpoints are mirrored': async (s) => {
    await s.create('services', service('web'));
    const { body } = await s.get('services', 'web');
    await s.until('the slice', async () => (await s.list('endpointslices')).body.items.length === 1);
    return {
      ipFamilies: body.spec.ipFamilies,
      slices: (await s.list('endpointslices')).body.items.map((item: any) => item.endpoints),
    };
  },
  'a pod that is not ready': async (s) => {
    await s.create('services', service('web'));
    await s.create('services', service('all', { selector: { app: 'web' }, publishNotReadyAddresses: true }));
    await s.create('pods', pod('web', web(server(8080, 'response.statusCode = 503')), { labels: { app: 'web' } }));
    const slices = await s.objects(
      'endpointslices',
      (items) => items.length === 2 && items.every(({ endpoints }) => endpoints?.[0]),
    );
    return slices
      .map(
        ({ metadata, endpoints }) =>
          `${metadata.labels['kubernetes.io/service-name']}: ${JSON.stringify(endpoints[0].conditions)}`,
      )
      .toSorted();
  },
  'a pod that is terminating': async (s) => {
    const code = server(8080).replace('process.exit(0)', 'setTimeout(() => process.exit(0), 3000)');
    await s.create('services', service('web'));
    await s.create('pods', pod('web', { ...web(code), terminationGracePeriodSeconds: 20 }, { labels: { app: 'web' } }));
    await endpoints(s, (list) => list[0]?.conditions.ready);
    await s.delete('pods', 'web');
    const slice = await endpoints(s, (list) => list[0]?.conditions.terminating);
    await endpoints(s, (list) => list.length === 0);
    return slice.endpoints[0].conditions;
  },
  'a Service without endpoints': async (s) => {
    await s.create('services', service('web'));
    const slice = await s.objects('endpointslices', (items) => items.length === 1);
    return { endpoints: slice[0].endpoints, ports: slice[0].ports };
  },
  'a Service spreads connections': async (s) => {
    await s.create('services', service('web'));
    await s.create('deployments', deployment('web', { replicas: 2, pod: web() }));
    await endpoints(s, (list) => list.filter(({ conditions }) => conditions.ready).length === 2);
    return prints(s, 'client', asks('http://web', 40));
  },
  'session affinity pins a client': async (s) => {
    await s.create('services', service('web', { sessionAffinity: 'ClientIP' }));
    await s.create('deployments', deployment('web', { replicas: 2, pod: web() }));
    await endpoints(s, (list) => list.filter(({ conditions }) => conditions.ready).length === 2);
    return prints(s, 'client', asks('http://web', 20));
  },
  'names in DNS': async (s) => {
    const plain = service('db', { clusterIP: 'None', ports: [{ port: 8080, name: 'http' }] });
    await s.create('services', plain);
    await s.create('services', service('one', { selector: { app: 'db' } }));
    await s.create('statefulsets', statefulSet('db', { replicas: 2, podManagementPolicy: 'Parallel', pod: web() }));
    await s.objects(
      'endpointslices',
      (items) =>
        items.length === 2 &&
        items.every(({ endpoints }) => endpoints?.filter((item: any) => item.conditions.ready).length === 2),
    );
    const code = `
      const dns = require("node:dns").promises;
      const count = (name) => dns.lookup(name, { all: true, family: 4 }).then((list) => list.length, (error) => error.code);
      (async () => { for (const name of ["db", "one", "db-0.db", "db-1.db.${s.namespace}.svc.cluster.local", "one.${s.namespace}", "kubernetes.default", "nope.${s.namespace}.svc.cluster.local"])
        console.log(name, await count(name)) })();`;
    // Answers of a cluster's DNS may be a few seconds old.
    let printed = '';
    await s.until('all names', async () => {
      await s.delete('pods', 'client', { gracePeriodSeconds: 0 });
      printed = await prints(s, 'client', code);
      return /db-1\S* 1/.test(printed);
    });
    return printed.split('\n');
  },
  'environment of earlier Services': async (s) => {
    await s.create('services', service('web', { ports: [{ name: 'http', port: 80, targetPort: 8080 }] }));
    const code =
      'console.log(Object.keys(process.env).filter((key) => key.startsWith("WEB_")).sort().join(" "), process.env.WEB_SERVICE_PORT_HTTP)';
    return prints(s, 'client', code);
  },
  'a NodePort, a changed type, a fixed address': async (s) => {
    const { body } = await s.create('services', service('web', { type: 'NodePort' }));
    const change = async (spec: object): Promise<any> => (await s.patch('services', 'web', 'merge', { spec })).body;
    const asClusterIp = await change({ type: 'ClusterIP' });
    const named = await change({ type: 'ExternalName', externalName: 'x.test' });
    return {
      nodePort: typeof body.spec.ports[0].nodePort,
      asClusterIp: { spec: asClusterIp.spec, same: asClusterIp.spec.clusterIP === body.spec.clusterIP },
      named: named.spec ?? named,
    };
  },
});
