/** Logs, commands in pods, and forwarded ports. */
import { group } from '../case.ts';
import { withoutWidthsAndAges } from '../normalise.ts';
import type { Session } from '../session.ts';
import { container, IDLE, pod, server } from '../objects.ts';
import { refusal } from '../views.ts';

const LINES = 'for (let i = 1; i <= 5; i++) console.log("line " + i);';

async function running(s: Session, object: any): Promise<void> {
  await s.create('pods', object);
  await s.object('pods', object.metadata.name, ({ status }) => status.phase === 'Running');
}

const two = pod('two', {
  containers: [container(`console.log("one"); ${IDLE}`), { ...container(IDLE), name: 'side' }],
});

export const streams = group(
  'streams',
  {
    'logs and their options': async (s) => {
      await running(s, pod('web', { containers: [container(LINES + IDLE)] }));
      const read = async (query: Record<string, string | number | boolean>): Promise<unknown> =>
        (await s.get('pods', 'web/log', { query })).body;
      await s.until('lines', async () => /line 5/.test(String(await read({}))));
      return {
        all: await read({}),
        tail: ((await read({ tailLines: 2 })) as string).split('\n').length,
        none: await read({ tailLines: 0 }),
        limit: await read({ limitBytes: 5 }),
        since: await read({ sinceTime: '2999-01-01T00:00:00Z' }),
        stamped: String(await read({ timestamps: true, limitBytes: 200 }))
          .split('\n')[0]!
          .replace(/^\S+/, (stamp) => (/^\d{4}-\d\d-\d\dT[\d:]+\.\d{9}Z$/.test(stamp) ? '<nanoseconds>' : stamp)),
      };
    },
    'logs that cannot be had': async (s) => {
      await running(s, two);
      const read = async (query: Record<string, string | number | boolean>, name = 'two'): Promise<unknown> =>
        refusal(await s.get('pods', `${name}/log`, { query }));
      return [
        await read({}),
        await read({ container: 'none' }),
        await read({ container: 'main', previous: true }),
        await read({ container: 'main', tailLines: -1 }),
        await read({ container: 'main', sinceSeconds: 1, sinceTime: '2020-01-01T00:00:00Z' }),
        await read({ container: 'main', sinceSeconds: 0 }),
      ];
    },
    'logs of a pod that does not run': async (s) => {
      await s.create('pods', pod('web', { nodeSelector: { none: 'such' } }));
      return s.get('pods', 'web/log');
    },
    'kubectl logs': async (s) => {
      await running(
        s,
        pod('web', { containers: [container(`console.log("1"); console.log("2"); ${IDLE}`)] }, { labels: { x: 'y' } }),
      );
      await running(s, two);
      await s.until('lines', async () => /2/.test(String((await s.get('pods', 'web/log')).body)));
      return {
        all: await s.kubectl('logs web'),
        tail: await s.kubectl('logs web --tail=1'),
        label: await s.kubectl('logs -l x=y --prefix'),
        since: await s.kubectl('logs web --since=1h'),
        follow: await s.kubectlUntil(/2/, 'logs -f web'),
        previous: await s.kubectl('logs web --previous'),
        which: await s.kubectl('logs two'),
        allContainers: await s.kubectl('logs two --all-containers'),
        none: await s.kubectl('logs nope'),
      };
    },
    'kubectl exec': async (s) => {
      await running(s, pod('web', { containers: [container(IDLE, { env: [{ name: 'A', value: '1' }] })] }));
      return {
        out: await s.kubectl('exec web -- node -e', 'console.log("out", process.env.A); console.error("err")'),
        code: await s.kubectl('exec web -- node -e', 'process.exit(7)'),
        missing: (await s.kubectl('exec web -- no-such-command')).exit,
        nowhere: await s.kubectl('exec nope -- node -v'),
        container: await s.kubectl('exec web -c none -- node -v'),
        stdin: await s.kubectlWith({ a: 1 }, 'exec -i web -- node -e process.stdin.pipe(process.stdout)'),
      };
    },
    'kubectl port-forward': async (s) => {
      await running(s, pod('web', { containers: [container(server())] }));
      const answer = await s.kubectlUntil(/Forwarding from 127/, 'port-forward pod/web :8080 --address 127.0.0.1');
      return answer.out?.map((line) => line.replace(/:\d+ ->/, ':<port> ->'));
    },
    'proxies to pods and Services': async (s) => {
      await running(
        s,
        pod(
          'web',
          {
            containers: [
              container(
                server(
                  8080,
                  'response.setHeader("x", request.url); response.write(request.method + " " + request.url + "\\n")',
                ),
              ),
            ],
          },
          { labels: { app: 'web' } },
        ),
      );
      await s.create('services', {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web' },
        spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
      });
      await s.objects('endpointslices', ([slice]) => slice?.endpoints?.[0]?.conditions.ready);
      await s.until('an answer', async () => (await s.api.call('GET', s.path('pods', 'web:8080/proxy/'))).code === 200);
      return [
        await s.api.call('GET', s.path('pods', 'web:8080/proxy/a/b'), { query: { c: 'd' } }),
        await s.api.call('POST', s.path('services', 'web:http/proxy/x')),
        await s.api.call('GET', s.path('services', 'web:80/proxy/y')),
        refusal(await s.api.call('GET', s.path('services', 'web:none/proxy/'))),
        refusal(await s.api.call('GET', s.path('services', 'none/proxy/'))),
      ];
    },
    'kubectl describe pod': async (s) => {
      await running(
        s,
        pod(
          'web',
          {
            containers: [
              container(server(), {
                ports: [{ containerPort: 8080 }],
                resources: { limits: { cpu: '500m', memory: '128Mi' } },
              }),
            ],
          },
          { labels: { app: 'web' } },
        ),
      );
      await s.objects('events', (items) => items.some(({ reason }) => reason === 'Started'));
      await s.object('pods', 'web', ({ status }) => status.conditions.every((entry: any) => entry.status === 'True'));
      const { out } = await s.kubectl('describe pod web');
      const identities = /^\s*(Container ID|Image ID|Image|Node|Mounts|Volumes|\/var\/run)/;
      return withoutWidthsAndAges(out!).filter((line) => !identities.test(line));
    },
  },
  { kubectl: true },
);
