/** Sessions of the real kubectl, where there is one. */
import { execFile, spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import t from 'tap';
import { writeKubeconfig } from './kubeconfig.ts';
import { NAMESPACE, setRunning, startTestServer, TOKEN } from './testing/test-server.ts';

const found = spawnSync('kubectl', ['version', '--client']).status === 0;
if (!found) {
  t.plan(0, 'kubectl is not on PATH');
  process.exit();
}

const lab = await startTestServer();
const directory = await mkdtemp(join(tmpdir(), 'kubectl-'));
const kubeconfig = join(directory, 'kubeconfig');
await writeKubeconfig(kubeconfig, {
  url: lab.server.url,
  caPem: lab.server.caPem,
  token: TOKEN,
  namespace: NAMESPACE,
  contextName: 'lab',
});
t.teardown(async () => {
  await lab.close();
  await rm(directory, { recursive: true, force: true });
});

interface Result {
  code: number;
  stdout: string;
  stderr: string;
}

const ENVIRONMENT = { ...process.env, KUBECONFIG: kubeconfig, KUBECACHEDIR: join(directory, 'cache') };

/** Runs one command, words separated by spaces; `more` are words that contain some. */
function kubectl(line: string, more: string[] = [], environment: NodeJS.ProcessEnv = {}): Promise<Result> {
  const words = [...line.split(' '), ...more];
  return new Promise((resolve) => {
    execFile('kubectl', words, { env: { ...ENVIRONMENT, ...environment } }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

/** What it prints. Throws when it fails. */
async function output(line: string, ...more: string[]): Promise<string> {
  const { code, stdout, stderr } = await kubectl(line, more);
  if (code !== 0) throw new Error(`kubectl ${line}: ${stderr}`);
  return stdout;
}

function start(line: string): ChildProcess {
  return spawn('kubectl', line.split(' '), { env: ENVIRONMENT, stdio: ['ignore', 'pipe', 'inherit'] });
}

async function file(name: string, content: object): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, JSON.stringify(content));
  return path;
}

function deployment(image: string): object {
  const labels = { app: 'api' };
  const containers = [
    { name: 'api', image, env: [{ name: 'A', value: '1' }], ports: [{ containerPort: 80 }] },
    { name: 'side', image: 'side:1' },
  ];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'api', labels },
    spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  };
}

const images = (): Promise<string> =>
  output('get deployment api -o', 'jsonpath={.spec.template.spec.containers[*].image}');

void t.test('what the cluster is and has', async (t) => {
  t.match(await output('version'), /Server Version: v1\.35\.0/);
  t.match(await output('cluster-info'), /control plane.* is running at/);
  const resources = await output('api-resources');
  for (const kind of ['Pod', 'Deployment', 'EndpointSlice', 'StorageClass'])
    t.match(resources, new RegExp(` ${kind}\\n`));
  t.match(await output('api-versions'), /^apps\/v1$/m);
  t.equal(await output('auth can-i create pods'), 'yes\n');
  t.match(await output('auth can-i --list'), /\*\.\*/);
  t.match(await output('auth whoami'), /kubernetes-admin/);
  t.equal(await output('get --raw /readyz'), 'ok');
});

void t.test('get in all its forms', async (t) => {
  t.match(await output('get pods'), /^NAME +READY +STATUS +RESTARTS +AGE\nweb +1\/1 +Running +0 /);
  t.match(await output('get pods -A -o wide'), /^NAMESPACE +NAME .*READINESS GATES\nlog-lab +web .* w1 /);
  t.match(await output('get pod web -o yaml'), /^kind: Pod$/m);
  t.equal(JSON.parse(await output('get pod web -o json')).metadata.name, 'web');
  t.equal(await output('get pods -o name'), 'pod/web\n');
  t.equal(await output('get pods -o custom-columns=N:.metadata.name --no-headers'), 'web\n');
  t.equal(await output('get pods -l app=web -o jsonpath={.items[*].spec.nodeName}'), 'w1');
  t.equal((await kubectl('get pods -l app=other')).stderr, 'No resources found in log-lab namespace.\n');
  t.match(await output('get pods --field-selector status.phase=Running,spec.nodeName=w1'), /^web /m);
  t.match(await output('get namespaces --sort-by=.metadata.name'), /default .*\nlog-lab /);
  t.match(await output('get all'), /^pod\/web /m);
  t.match(await output('get nodes --show-labels'), /^w1 /m);
  const missing = await kubectl('get pod nope');
  t.match(missing, { code: 1, stderr: 'Error from server (NotFound): pods "nope" not found\n' });
  t.match((await kubectl('get hpa')).stderr, /the server doesn't have a resource type "hpa"/);
});

void t.test('get -w shows what happens', async (t) => {
  const watching = start('get configmaps -w -o name');
  const lines = createInterface(watching.stdout!)[Symbol.asyncIterator]();
  lab.client.create('configmaps', { metadata: { name: 'seen', namespace: NAMESPACE } });
  t.equal((await lines.next()).value, 'configmap/seen');
  lab.client.delete('configmaps', NAMESPACE, 'seen');
  t.equal((await lines.next()).value, 'configmap/seen');
  watching.kill();
});

void t.test('describe and explain', async (t) => {
  t.match(await output('describe pod web'), /^Name: +web$[^]*^Node: +w1/m);
  t.match(await output('describe node w1'), /^Non-terminated Pods: +\(1 in total\)/m);
  t.match(await output('explain deployment.spec.strategy.rollingUpdate'), /maxSurge\s<IntOrString>/);
  t.match(await output('explain pod.spec.containers.resources'), /limits\s<map\[string\]Quantity>/);
  t.match(await output('explain pvc.spec --recursive'), /storageClassName\s<string>/);
});

void t.test('apply, as the client merges and as the server does', async (t) => {
  const first = await file('api.json', deployment('api:1'));
  const second = await file('api2.json', deployment('api:2'));
  t.match(await output(`apply -f ${first}`), /created/);
  t.match(await output(`apply -f ${first}`), /unchanged/);
  const diff = await kubectl(`diff -f ${second}`);
  t.match(diff, { code: 1, stdout: /^-.*image: api:1$[^]*^\+.*image: api:2$/m });
  t.match(await output(`apply -f ${second} --dry-run=server`), /configured \(server dry run\)/);
  t.equal(await images(), 'api:1 side:1');
  t.match(await output(`apply -f ${second}`), /configured/);
  t.equal(await images(), 'api:2 side:1', 'the other container is kept: lists are merged by name');
  t.match(await output('apply view-last-applied deployment api'), /api:2/);

  const conflict = await kubectl(`apply --server-side --field-manager=other -f ${first}`);
  t.match(conflict, { code: 1, stderr: /conflict with "kubectl-client-side-apply"/ });
  t.match(
    await output(`apply --server-side --field-manager=other --force-conflicts -f ${first}`),
    /serverside-applied/,
  );
  t.equal(await images(), 'api:1 side:1');
});

void t.test('what the schema does not know is refused', async (t) => {
  const wrong = await file('wrong.json', { ...deployment('api:1'), spek: {} });
  t.match(await kubectl(`apply -f ${wrong}`), { code: 1, stderr: /unknown field "spek"/ });
  const { code, stderr } = await kubectl(`apply --validate=warn --dry-run=server -f ${wrong}`);
  t.equal(code, 0);
  t.match(stderr, /Warning: unknown field "spek"/);
});

void t.test('three kinds of patch, labels and annotations', async (t) => {
  const container = { spec: { template: { spec: { containers: [{ name: 'side', image: 'side:2' }] } } } };
  t.match(await output('patch deployment api -p', JSON.stringify(container)), /patched/);
  t.equal(await images(), 'api:1 side:2');
  await output('patch deployment api --type=merge -p', JSON.stringify({ spec: { replicas: 4 } }));
  await output(
    'patch deployment api --type=json -p',
    '[{"op":"test","path":"/spec/replicas","value":4},{"op":"replace","path":"/spec/replicas","value":5}]',
  );
  t.equal(await output('get deployment api -o jsonpath={.spec.replicas}'), '5');
  t.match(await output('label deployment api tier=front'), /labeled/);
  t.match(await output('annotate deployment api note=x'), /annotated/);
  t.equal(await output('get deployments -l tier=front -o name'), 'deployment.apps/api\n');
  t.match(await output('set image deployment/api api=api:3'), /image updated/);
  t.equal(await images(), 'api:3 side:2');
});

void t.test('scale', async (t) => {
  t.match(await output('scale deployment api --replicas=2'), /scaled/);
  t.match(await output('scale deployment api --replicas=3 --current-replicas=2'), /scaled/);
  t.match(
    (await kubectl('scale deployment api --replicas=3 --current-replicas=2')).stderr,
    /Expected replicas to be 2/,
  );
  t.equal(await output('get deployment api -o jsonpath={.spec.replicas}'), '3');
  t.match((await kubectl('autoscale deployment api --max=3')).code, 1);
});

void t.test('create: current clients send protobuf', async (t) => {
  await output('create configmap settings --from-literal=a=b');
  t.equal(await output('get configmap settings -o jsonpath={.data.a}'), 'b');
  await output('create secret generic password --from-literal=p=q');
  t.equal(await output('get secret password -o jsonpath={.data.p}'), 'cQ==');
  await output('create deployment front --image=front:1 --port=8080 --replicas=2');
  t.match(await output('get deployment front -o wide'), /^front +0\/2 +0 +0 .* front +front:1 +app=front$/m);
  await output('create service clusterip front --tcp=80:8080');
  t.match(await output('get service front -o wide'), /^front +ClusterIP +127\.42\.\S+ +<none> +80\/TCP .* app=front$/m);
  await output('create namespace other');
  t.match(await output('get namespace other'), /^other +Active/m);
  t.match((await kubectl('create namespace other')).stderr, /Error from server \(AlreadyExists\)/);
  await output('expose deployment front --name=front2 --port=80');
  await output('run once --image=once:1 --restart=Never');
  t.match(await output('get pod once'), /^once +0\/1 +Pending/m);
});

void t.test('delete and wait', async (t) => {
  const waiting = output('wait --for=delete configmap/settings --timeout=10s');
  t.match(await output('delete configmap settings'), /deleted/);
  await waiting;
  t.match(await output('wait --for=condition=Ready pod/web --timeout=10s'), /condition met/);
  t.match(await output('delete deployment,service --all'), /"front2" deleted/);
  t.equal(await output('get deployments -o name'), '');
  t.match(await output('delete pod once --now'), /deleted/);
});

for (const [protocol, sockets] of [
  ['WebSocket', 'true'],
  ['SPDY', 'false'],
] as const) {
  const environment = { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: sockets, KUBECTL_PORT_FORWARD_WEBSOCKETS: sockets };
  void t.test(`exec over ${protocol}`, async (t) => {
    const script = 'console.log("out"); console.error("err"); process.exitCode = 3';
    const result = await kubectl('exec web --', [process.execPath, '-e', script], environment);
    t.match(result, { code: 3, stdout: 'out\n', stderr: /^err\n/ });
    const copying = spawn(
      'kubectl',
      ['exec', '-i', 'web', '--', process.execPath, '-e', 'process.stdin.pipe(process.stdout)'],
      { env: { ...ENVIRONMENT, ...environment }, stdio: ['pipe', 'pipe', 'inherit'] },
    );
    const text = 'some line\n'.repeat(100_000);
    copying.stdin.end(text);
    let copy = '';
    copying.stdout.setEncoding('utf8').on('data', (chunk: string) => (copy += chunk));
    await once(copying, 'close');
    t.ok(copy === text, 'a megabyte goes through as it is');
  });

  void t.test(`port-forward over ${protocol}`, async (t) => {
    const backend = createServer((_request, response) => response.end('hello')).listen(0, '127.0.0.1');
    await once(backend, 'listening');
    const { port } = backend.address() as AddressInfo;
    const forwarding = spawn('kubectl', ['port-forward', '--address=127.0.0.1', 'pod/web', `:${port}`], {
      env: { ...ENVIRONMENT, ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface(forwarding.stdout)[Symbol.asyncIterator]();
    const [, local] = /^Forwarding from 127\.0\.0\.1:(\d+) ->/.exec((await lines.next()).value)!;
    for (const path of ['/', '/again']) {
      const response = await fetch(`http://127.0.0.1:${local}${path}`);
      t.equal(await response.text(), 'hello');
    }
    forwarding.kill();
    backend.close();
    backend.closeAllConnections();
  });
}

void t.test('logs', async (t) => {
  t.equal(await output('logs web --tail=3'), 'log of web\n');
  t.match(lab.agent.logOptions, { tailLines: 3, container: 'c' });
  const following = start('logs -f web');
  const lines = createInterface(following.stdout!)[Symbol.asyncIterator]();
  t.equal((await lines.next()).value, 'log of web');
  lab.agent.followed!.push('more\n');
  t.equal((await lines.next()).value, 'more');
  following.kill();
});

void t.test('drain evicts', async (t) => {
  const containers = [{ name: 'c', image: 'i' }];
  lab.client.create('pods', {
    metadata: { name: 'going', namespace: NAMESPACE },
    spec: { nodeName: 'w1', containers },
  });
  setRunning(lab.client, 'going');
  const drained = kubectl(
    'drain w1 --force --pod-selector=going!=never --grace-period=0 --timeout=10s --disable-eviction=false',
  );
  t.match(await drained, { code: 0, stdout: /pod\/going evicted/ });
  t.match(await output('get node w1'), /SchedulingDisabled/);
  t.match(await output('uncordon w1'), /uncordoned/);
});
