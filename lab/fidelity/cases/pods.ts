/** The life of pods: starting, failing, being probed, ending. */
import { group } from '../case.ts';
import type { Session } from '../session.ts';
import { configMap, container, IDLE, NODE_IMAGE, pod, server } from '../objects.ts';
import { conditions, eventLines } from '../views.ts';

const ended = (object: any): boolean => ['Succeeded', 'Failed'].includes(object.status.phase);
const running = (object: any): boolean => object.status.phase === 'Running';
const ready = (object: any): boolean =>
  object.status.conditions?.some(({ type, status }: any) => type === 'Ready' && status === 'True') ?? false;
const first = (object: any): any => object.status.containerStatuses?.[0] ?? {};

/** What is said of a pod, beside its identity. */
function summary(object: any): unknown {
  const { phase, reason, message, qosClass, containerStatuses = [], initContainerStatuses } = object.status;
  const view = ({ name, ready, started, restartCount, state, lastState }: any): unknown => ({
    name,
    ready,
    started,
    restartCount,
    state,
    lastState,
  });
  return {
    phase,
    reason,
    message,
    qosClass,
    conditions: conditions(object),
    containers: containerStatuses.map(view),
    ...(initContainerStatuses && { initContainers: initContainerStatuses.map(view) }),
  };
}

async function runs(s: Session, object: any, until: (object: any) => unknown): Promise<any> {
  const answer = await s.create('pods', object);
  if (answer.code !== 201) throw new Error(JSON.stringify(answer.body));
  return s.object('pods', object.metadata.name, until);
}

async function log(s: Session, name: string, query = {}): Promise<string[]> {
  const { body } = await s.get('pods', `${name}/log`, { query });
  return typeof body === 'string' ? body.trimEnd().split('\n') : body;
}

/** Only then is a process known to have set up what it does at SIGTERM. */
async function saysUp(s: Session, name: string): Promise<void> {
  await s.until(`the log of ${name}`, async () => String((await s.get('pods', `${name}/log`)).body).includes('up'));
}

async function events(s: Session, enough: (items: any[]) => unknown = () => true): Promise<string[]> {
  return eventLines(await s.objects('events', enough));
}

/** Answers the pod's distinct views in the order in which they were seen, until it is deleted or enough. */
async function history(
  s: Session,
  name: string,
  view: (object: any) => unknown,
  enough: (seen: string[]) => boolean,
  act?: () => Promise<unknown>,
): Promise<string[]> {
  const seen: string[] = [];
  let done = false;
  const { stop } = await s.follow('pods', { fieldSelector: `metadata.name=${name}` }, ({ type, object }) => {
    const line = type === 'DELETED' ? 'deleted' : String(view(object));
    if (line !== seen.at(-1)) seen.push(line);
    done ||= type === 'DELETED' || enough(seen);
  });
  await act?.();
  await s.until(`history of ${name}`, async () => done).finally(stop);
  return seen;
}

export const pods = group('pods', {
  CrashLoopBackOff: async (s) => {
    const spec = { containers: [container('console.log("run"); process.exit(3)')] };
    const starts: number[] = [];
    const view = (object: any): string => {
      const { state = {}, restartCount = 0 } = first(object);
      if (restartCount > starts.length - 1 && state.waiting === undefined) starts.push(performance.now());
      return `${restartCount} ${state.waiting?.reason ?? state.terminated?.reason ?? ''}`.trim();
    };
    await s.create('pods', pod('web', spec));
    const seen = await history(s, 'web', view, (lines) => lines.at(-1) === '2 CrashLoopBackOff');
    const object = (await s.get('pods', 'web')).body;
    const [, second, third] = starts;
    const seconds = (third! - second!) / 1000;
    return {
      backsOff: [...new Set(seen.filter((line) => line.includes('CrashLoop')))],
      tenSecondsBetweenRestarts: seconds > 9 && seconds < 20,
      state: summary(object),
      events: await events(s),
      kubectl: (await s.kubectl('get pod web --no-headers')).out?.[0]?.replaceAll(/\s+/g, ' ').replace(/\(.*/, ''),
    };
  },
  'one that completes': async (s) => {
    const object = await runs(
      s,
      pod('web', { restartPolicy: 'Never', containers: [container('console.log("done")')] }),
      ended,
    );
    return { state: summary(object), log: await log(s, 'web'), events: await events(s, (items) => items.length >= 4) };
  },
  'one that fails': async (s) => {
    const object = await runs(
      s,
      pod('web', { restartPolicy: 'Never', containers: [container('process.exit(3)')] }),
      ended,
    );
    return summary(object);
  },
  'restartPolicy OnFailure': async (s) => {
    const code =
      'const fs = require("fs"), f = process.env.DIR + "/n"; if (!fs.existsSync(f)) { fs.writeFileSync(f, ""); process.exit(1) }';
    const object = await runs(
      s,
      pod('web', {
        restartPolicy: 'OnFailure',
        volumes: [{ name: 'data' }],
        containers: [
          container(code, {
            env: [{ name: 'DIR', value: '/data' }],
            volumeMounts: [{ name: 'data', mountPath: '/data' }],
          }),
        ],
      }),
      ended,
    );
    return summary(object);
  },
  'a message of its own': async (s) => {
    const code = 'console.log("last words"); process.exit(1)';
    const containers = [container(code, { terminationMessagePolicy: 'FallbackToLogsOnError' })];
    return summary(await runs(s, pod('web', { restartPolicy: 'Never', containers }), ended));
  },
  'one that runs': async (s) => {
    const object = await runs(s, pod('web', { containers: [container(server())] }), ready);
    const { podIP, podIPs, hostIP, startTime } = object.status;
    const proxied = await s.until('an answer', async () => {
      const answer = await s.api.call('GET', s.path('pods', 'web:8080/proxy/'));
      return answer.code === 200 && answer;
    });
    return {
      state: summary(object),
      addresses: { podIP, podIPs, hostIP, startTime },
      proxied,
      table: (await s.kubectl('get pod web --no-headers')).out?.[0]?.split(/ +/).slice(0, 4),
    };
  },
  'init containers run one after the other': async (s) => {
    const init = (name: string): object => ({ ...container(`console.log(${JSON.stringify(name)})`), name });
    await s.create('pods', pod('web', { initContainers: [init('first'), init('second')] }));
    const object = await s.object('pods', 'web', running);
    return { state: summary(object), first: await log(s, 'web', { container: 'first' }) };
  },
  'an init container that fails': async (s) => {
    const initContainers = [{ ...container('process.exit(2)'), name: 'first' }];
    return summary(await runs(s, pod('web', { restartPolicy: 'Never', initContainers }), ended));
  },
  'a sidecar ends after the main container': async (s) => {
    const initContainers = [{ ...container(), name: 'side', restartPolicy: 'Always' }];
    const object = await runs(
      s,
      pod('web', { restartPolicy: 'Never', initContainers, containers: [container('setTimeout(() => {}, 1000)')] }),
      ended,
    );
    return summary(object);
  },
  'an image that is not there': async (s) => {
    const containers = [{ name: 'main', image: 'registry.invalid/no/such:1' }];
    const waiting = (object: any): unknown => /Image/.test(first(object).state?.waiting?.reason ?? '');
    const object = await runs(s, pod('web', { containers }), waiting);
    const reasons = await history(
      s,
      'web',
      (seen) => first(seen).state?.waiting?.reason,
      (seen) => seen.includes('ImagePullBackOff'),
    );
    return {
      reasons: [...new Set<string>([first(object).state.waiting.reason, ...reasons])].toSorted((a, b) =>
        a < b ? -1 : 1,
      ),
      conditions: conditions(object),
    };
  },
  'an image that may not be pulled': async (s) => {
    const containers = [{ name: 'main', image: 'registry.invalid/no/such:1', imagePullPolicy: 'Never' }];
    return summary(
      await runs(
        s,
        pod('web', { containers }),
        (object) => first(object).state?.waiting?.reason === 'ErrImageNeverPull',
      ),
    );
  },
  'an image whose name is wrong': async (s) => {
    const containers = [{ name: 'main', image: 'Not:An:Image' }];
    return summary(
      await runs(
        s,
        pod('web', { containers }),
        (object) => first(object).state?.waiting?.reason === 'InvalidImageName',
      ),
    );
  },
  'a key that is not there': async (s) => {
    const env = [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'nope' } } }];
    await s.create('configmaps', configMap('settings'));
    const object = await runs(
      s,
      pod('web', { containers: [container(IDLE, { env })] }),
      (seen) => first(seen).state?.waiting?.reason === 'CreateContainerConfigError',
    );
    return summary(object);
  },
  'a volume that is not there': async (s) => {
    const volumes = [{ name: 'a', configMap: { name: 'none' } }];
    const containers = [container(IDLE, { volumeMounts: [{ name: 'a', mountPath: '/a' }] })];
    const object = await runs(s, pod('web', { volumes, containers }), (seen) => seen.status.startTime);
    return {
      state: summary(object),
      events: await events(s, (items) => items.some(({ reason }) => reason === 'FailedMount')),
    };
  },
  'a volume that nothing mounts need not be there': async (s) => {
    const volumes = [{ name: 'a', configMap: { name: 'none' } }];
    return (await runs(s, pod('web', { volumes }), running)).status.phase;
  },
  'a command that is not there': async (s) => {
    const containers = [{ name: 'main', image: NODE_IMAGE, command: ['/no/such/command'] }];
    const object = await runs(s, pod('web', { restartPolicy: 'Never', containers }), ended);
    return summary(object);
  },
  environment: async (s) => {
    await s.create('configmaps', configMap('settings', { a: '1', 'not-a-name': '2' }));
    const env = [
      { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'SPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      { name: 'LABEL', valueFrom: { fieldRef: { fieldPath: "metadata.labels['x']" } } },
      { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
      { name: 'MEMORY', valueFrom: { resourceFieldRef: { resource: 'requests.memory', divisor: '1Mi' } } },
      { name: 'EXPANDED', value: 'pod $(POD), $(NONE), $$(POD)' },
      { name: 'OPTIONAL', valueFrom: { configMapKeyRef: { name: 'none', key: 'x', optional: true } } },
    ];
    const code =
      'for (const k of ["POD","SPACE","LABEL","IP","CPU","MEMORY","EXPANDED","OPTIONAL","C_a","HOSTNAME","KUBERNETES_SERVICE_PORT"]) console.log(k + "=" + process.env[k]); console.log(process.argv.slice(1).join())';
    const main = container(code, {
      env,
      args: ['$(POD)', '$$(POD)'],
      envFrom: [{ prefix: 'C_', configMapRef: { name: 'settings' } }],
      resources: { limits: { cpu: '500m', memory: '128Mi' } },
    });
    await runs(s, pod('web', { restartPolicy: 'Never', containers: [main] }, { labels: { x: 'y' } }), ended);
    return log(s, 'web');
  },
  'files from a ConfigMap': async (s) => {
    await s.create('configmaps', configMap('settings', { 'a.txt': 'hello' }));
    const main = container('console.log(require("fs").readFileSync(process.env.FILE, "utf8"))', {
      env: [{ name: 'FILE', value: '/etc/settings/a.txt' }],
      volumeMounts: [{ name: 'settings', mountPath: '/etc/settings' }],
    });
    const volumes = [{ name: 'settings', configMap: { name: 'settings' } }];
    await runs(s, pod('web', { restartPolicy: 'Never', containers: [main], volumes }), ended);
    return log(s, 'web');
  },
  'readiness comes and goes': async (s) => {
    const code = server(8080, 'const t = process.uptime(); response.statusCode = t > 3 && t < 8 ? 200 : 503');
    const readinessProbe = { httpGet: { port: 8080 }, periodSeconds: 1, failureThreshold: 2 };
    const view = (object: any): string =>
      conditions(object)
        .filter((line) => /^(Ready|ContainersReady) /.test(line))
        .join(', ') + (first(object).ready ? ' ready' : '');
    await s.create('pods', pod('web', { containers: [container(code, { readinessProbe })] }));
    const seen = await history(
      s,
      'web',
      view,
      (lines) => lines.filter((line) => line.endsWith(' ready')).length > 0 && !lines.at(-1)!.endsWith(' ready'),
    );
    const said = await events(s, (items) => items.some(({ message }) => message.includes('503')));
    return {
      seen: seen.filter((line) => line !== ''),
      event: said.filter((line) => line.includes('503')),
      restarts: first((await s.get('pods', 'web')).body).restartCount,
    };
  },
  'a failed liveness probe restarts': async (s) => {
    const livenessProbe = {
      httpGet: { port: 8080, path: '/live' },
      periodSeconds: 1,
      failureThreshold: 2,
      initialDelaySeconds: 1,
    };
    const main = container(`console.log("up"); ${server(8080, 'response.statusCode = 500')}`, { livenessProbe });
    const object = await runs(
      s,
      pod('web', { containers: [main] }),
      (seen) => first(seen).restartCount === 1 && running(seen) && first(seen).state.running,
    );
    const said = await events(s, (items) => items.some(({ reason }) => reason === 'Killing'));
    return {
      state: summary(object),
      previous: await log(s, 'web', { previous: true }),
      events: said.filter((line) => /Unhealthy.*500|Killing/.test(line)),
    };
  },
  'a startup probe holds the others back': async (s) => {
    const code = server(8080, 'response.statusCode = process.uptime() > 4 ? 200 : 500');
    const startupProbe = { httpGet: { port: 8080 }, periodSeconds: 1, failureThreshold: 30 };
    const livenessProbe = { httpGet: { port: 8080 }, periodSeconds: 1, failureThreshold: 1 };
    const main = container(code, { startupProbe, livenessProbe });
    await s.create('pods', pod('web', { containers: [main] }));
    const seen = await history(
      s,
      'web',
      (object) => `${first(object).started} ${first(object).ready}`,
      (lines) => lines.at(-1) === 'true true',
    );
    return {
      // A kubelet may or may not tell of the moment between both.
      seen: seen.filter((line) => !line.startsWith('undefined') && line !== 'true false'),
      restarts: first((await s.get('pods', 'web')).body).restartCount,
    };
  },
  'exec and TCP probes': async (s) => {
    const main = container(server(8080), {
      ports: [{ name: 'http', containerPort: 8080 }],
      readinessProbe: { tcpSocket: { port: 'http' }, periodSeconds: 1 },
      livenessProbe: { exec: { command: ['node', '-e', 'process.exit(0)'] }, periodSeconds: 2, timeoutSeconds: 10 },
    });
    const failing = container(IDLE, {
      readinessProbe: {
        exec: { command: ['node', '-e', 'console.log("no"); process.exit(1)'] },
        periodSeconds: 1,
        timeoutSeconds: 10,
      },
    });
    await s.create('pods', pod('bad', { containers: [failing] }));
    const good = await runs(s, pod('web', { containers: [main] }), ready);
    const said = await events(s, (items) => items.some(({ message }) => /failed: no/.test(message)));
    return { good: summary(good), bad: said.filter((line) => line.includes('failed: no')) };
  },
  'deletion: SIGTERM, and time to end': async (s) => {
    const code =
      'process.on("SIGTERM", () => setTimeout(() => process.exit(0), 1500)); setInterval(() => {}, 1e9); console.log("up")';
    await s.create('pods', pod('web', { containers: [container(code)], terminationGracePeriodSeconds: 20 }));
    await saysUp(s, 'web');
    const view = ({ metadata, status }: any): string =>
      `${metadata.deletionTimestamp ? 'terminating' : 'live'} ${status.phase} ${metadata.deletionGracePeriodSeconds ?? ''}`.trim();
    return history(
      s,
      'web',
      view,
      () => false,
      () => s.delete('pods', 'web'),
    );
  },
  'deletion: killed when the time is over': async (s) => {
    const code = 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1e9); console.log("up")';
    const spec = { containers: [container(code)], terminationGracePeriodSeconds: 2 };
    await s.create('pods', pod('web', spec, { finalizers: ['example.com/hold'] }));
    await saysUp(s, 'web');
    await s.delete('pods', 'web');
    const object = await s.object('pods', 'web', (seen) => first(seen).state.terminated);
    await s.patch('pods', 'web', 'merge', { metadata: { finalizers: null } });
    return summary(object);
  },
  'deletion by force': async (s) => {
    await runs(s, pod('web'), running);
    const { code } = await s.delete('pods', 'web', { gracePeriodSeconds: 0 });
    return { code, after: (await s.get('pods', 'web')).code };
  },
  'preStop comes before SIGTERM': async (s) => {
    const code = `
      let asked = Infinity;
      require("node:http").createServer((q, r) => { asked = process.uptime(); r.end() }).listen(8080, "0.0.0.0");
      process.on("SIGTERM", () => {
        console.log(process.uptime() - asked > 1.5 ? "SIGTERM after the hook" : "SIGTERM at once");
        process.exit(1);
      });`;
    const main = container(code, {
      lifecycle: { preStop: { sleep: { seconds: 2 } } },
      readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 },
      terminationMessagePolicy: 'FallbackToLogsOnError',
    });
    const spec = { containers: [main], terminationGracePeriodSeconds: 20 };
    await runs(s, pod('web', spec, { finalizers: ['example.com/hold'] }), ready);
    await s.api.call('GET', s.path('pods', 'web:8080/proxy/'));
    await s.delete('pods', 'web');
    const object = await s.object('pods', 'web', (seen) => first(seen).state.terminated);
    await s.patch('pods', 'web', 'merge', { metadata: { finalizers: null } });
    return first(object).state.terminated.message;
  },
  OOMKilled: async (s) => {
    const code = 'const kept = []; setInterval(() => kept.push(Buffer.alloc(16 * 2 ** 20, 1)), 50)';
    const main = container(code, { resources: { limits: { memory: '128Mi' } } });
    return summary(await runs(s, pod('web', { restartPolicy: 'Never', containers: [main] }), ended));
  },
  activeDeadlineSeconds: async (s) => {
    const { status } = await runs(s, pod('web', { activeDeadlineSeconds: 2, restartPolicy: 'Never' }), ended);
    const { phase, reason, message } = status;
    return { phase, reason, message };
  },
  'a pod on a named node': async (s) => {
    const [worker] = (await s.list('nodes', { labelSelector: '!node-role.kubernetes.io/control-plane' })).body.items;
    const object = await runs(s, pod('web', { nodeName: worker.metadata.name }), running);
    return { node: object.spec.nodeName, events: (await events(s)).filter((line) => line.includes('Scheduled')) };
  },
  'hostname and subdomain': async (s) => {
    const code = 'console.log(process.env.HOSTNAME)';
    await runs(s, pod('web', { hostname: 'other', restartPolicy: 'Never', containers: [container(code)] }), ended);
    return log(s, 'web');
  },
});
