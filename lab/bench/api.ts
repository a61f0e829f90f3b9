/** The embedded cluster's control plane: latency of its API, the start of many pods, its memory. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { quantileSorted } from 'simple-statistics';
import { ApiClient } from '../fidelity/api-client.ts';
import { EmbeddedProvider } from '../providers/embedded.ts';
import { readState } from '../providers/embedded-state.ts';
import { median, type Figure } from './figure.ts';

const ROUNDS = 3;
const RUNNING = 100;
const PODS = 200;
const WATCHERS = 20;
const REQUESTS = 2000;
const REQUESTS_PER_SECOND = 50;
const DEADLINE_MS = 120_000;
const LARGEST_MIB = 200;
const SLOWEST_MS = 10;
const NAMESPACE = '/api/v1/namespaces/bench';
const DEPLOYMENT = '/apis/apps/v1/namespaces/bench/deployments/small';

type Say = (line: string) => void;

/** Takes about two minutes, and 4 GiB of memory for the pods' processes. */
export async function benchApi(say: Say): Promise<Figure[]> {
  const directory = await mkdtemp(join(tmpdir(), 'log-lab-bench-'));
  const provider = new EmbeddedProvider(directory);
  const arrivals = await Arrivals.listen();
  try {
    const { kubeconfig } = await provider.up({ profile: undefined, say, signal: AbortSignal.timeout(30_000) });
    const api = new ApiClient(kubeconfig);
    const starts = await measureStarts(api, arrivals, say);
    await fill(api);
    say(`api: ${REQUESTS} requests, ${PODS} pods, ${WATCHERS} watchers`);
    const latencies = await measureLatencies(api);
    const memory = await residentMemory((await readState(directory))!.pid);
    return [...latencies, starts, memoryFigure(memory)];
  } finally {
    await provider.down({ deleteData: true, say });
    arrivals.close();
    await rm(directory, { recursive: true, force: true });
  }
}

/** Counts processes that have started: each connects once. */
class Arrivals {
  readonly port: number;
  readonly #server: Server;
  #count = 0;

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (socket) => {
      this.#count += 1;
      socket.on('error', () => {}).destroy();
    });
  }

  static async listen(): Promise<Arrivals> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Arrivals(server);
  }

  /** Milliseconds until so many more processes have started. */
  async next(count: number, start: () => unknown): Promise<number> {
    this.#count = 0;
    const startedAt = performance.now();
    await start();
    await until(`${count} processes`, async () => this.#count >= count);
    return performance.now() - startedAt;
  }

  close(): void {
    this.#server.close();
  }
}

/** What each pod runs: it tells that it has started, and waits. */
function program(port: number): string[] {
  return ['-e', `require("node:net").connect(${port}, "127.0.0.1").on("close", () => setInterval(() => {}, 1e9))`];
}

/** A Deployment, until all its pods are ready and their processes have started, beside the same processes alone. */
async function measureStarts(api: ApiClient, arrivals: Arrivals, say: Say): Promise<Figure> {
  await created(api, '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'bench' } });
  const deployment = smallDeployment(arrivals.port);
  const ratios: number[] = [];
  const seconds: number[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    say(`api: ${RUNNING} processes alone and as pods, round ${round} of ${ROUNDS}`);
    const alone = await startAlone(arrivals);
    const asPods = await arrivals.next(RUNNING, async () => {
      await created(api, '/apis/apps/v1/namespaces/bench/deployments', deployment);
      await until('ready pods', async () => (await api.call('GET', DEPLOYMENT)).body.status?.readyReplicas === RUNNING);
    });
    seconds.push(asPods / 1000);
    ratios.push(asPods / alone);
    if (round < ROUNDS) await removeDeployment(api);
  }
  const value = median(ratios);
  return {
    name: `a Deployment of ${RUNNING} small pods, all ready, to the start of their processes alone`,
    value,
    unit: '',
    target: 'reported',
    reached: true,
    detail: `medians of ${ROUNDS} rounds; ${median(seconds).toFixed(1)} s as pods`,
  };
}

async function startAlone(arrivals: Arrivals): Promise<number> {
  const children: ChildProcess[] = [];
  try {
    return await arrivals.next(RUNNING, () => {
      for (let index = 0; index < RUNNING; index++) {
        children.push(spawn(process.execPath, program(arrivals.port), { stdio: 'ignore' }));
      }
    });
  } finally {
    await Promise.all(
      children.map((child) => {
        child.kill('SIGKILL');
        return once(child, 'exit');
      }),
    );
  }
}

function smallDeployment(port: number): object {
  const labels = { app: 'small' };
  const containers = [{ name: 'main', image: 'node:22-bookworm-slim', command: ['node', ...program(port)] }];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'small' },
    spec: {
      replicas: RUNNING,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers, terminationGracePeriodSeconds: 1 } },
    },
  };
}

async function removeDeployment(api: ApiClient): Promise<void> {
  await api.call('DELETE', DEPLOYMENT, { query: { propagationPolicy: 'Background' } });
  await until('no pods', async () => (await api.call('GET', `${NAMESPACE}/pods`)).body.items.length === 0);
}

/** Pods that nobody schedules, beside the running ones. */
async function fill(api: ApiClient): Promise<void> {
  for (let index = RUNNING; index < PODS; index++) {
    await created(api, `${NAMESPACE}/pods`, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `idle-${index}`, labels: { app: 'idle' } },
      spec: { schedulerName: 'nobody', containers: [{ name: 'main', image: 'none:1' }] },
    });
  }
}

/** At a constant rate, each from when it was due: a request that waits for another one counts the wait. */
async function measureLatencies(api: ApiClient): Promise<Figure[]> {
  const watchers = await Promise.all(Array.from({ length: WATCHERS }, () => Watcher.open(api)));
  const single: number[] = [];
  const lists: number[] = [];
  const pending: Promise<void>[] = [];
  const startedAt = performance.now();
  for (let index = 0; index < REQUESTS; index++) {
    const dueAt = startedAt + (index * 1000) / REQUESTS_PER_SECOND;
    await sleep(Math.max(0, dueAt - performance.now()));
    const samples = index % 20 === 0 ? lists : single;
    pending.push(request(api, index).then(() => void samples.push(performance.now() - dueAt)));
  }
  await Promise.all(pending);
  const changes = Math.floor(REQUESTS / 2);
  await until('all events', async () => watchers.every(({ changed }) => changed >= changes));
  for (const watcher of watchers) watcher.close();
  return [
    latency('requests for one object (half of them changes that all watchers see)', single),
    latency(`lists of all ${PODS} pods`, lists),
  ];
}

/** A list, a change or a reading, by turns; until the last byte of the answer, which is not parsed. */
async function request(api: ApiClient, index: number): Promise<void> {
  const pods = `${NAMESPACE}/pods`;
  const one = `${pods}/idle-${RUNNING + (index % (PODS - RUNNING))}`;
  const change = {
    body: { metadata: { annotations: { count: String(index) } } },
    contentType: 'application/merge-patch+json',
  };
  const answer = await (index % 20 === 0
    ? api.open('GET', pods)
    : index % 2 === 1
      ? api.open('PATCH', one, change)
      : api.open('GET', one));
  if (answer.statusCode !== 200) throw new Error(`the API answered ${answer.statusCode}`);
  await once(answer.resume(), 'end');
}

function latency(name: string, samples: number[]): Figure {
  const sorted = samples.toSorted((a, b) => a - b);
  const value = quantileSorted(sorted, 0.99);
  return {
    name: `API, 99th percentile: ${name}`,
    value,
    unit: 'ms',
    target: `< ${SLOWEST_MS} ms`,
    reached: value < SLOWEST_MS,
    detail: `${sorted.length} at ${REQUESTS_PER_SECOND}/s in all; median ${quantileSorted(sorted, 0.5).toFixed(1)} ms`,
  };
}

/** Follows all pods of the namespace and counts their changes. */
class Watcher {
  changed = 0;
  readonly #stop: () => void;

  private constructor(stop: () => void) {
    this.#stop = stop;
  }

  static async open(api: ApiClient): Promise<Watcher> {
    const message = await api.open('GET', `${NAMESPACE}/pods`, { query: { watch: true, resourceVersion: 0 } });
    const watcher = new Watcher(() => message.destroy());
    const lines = createInterface(message).on('line', (line) => {
      if (line.startsWith('{"type":"MODIFIED"')) watcher.changed += 1;
    });
    // Closing destroys the message, which the reader takes for an error.
    lines.on('error', () => {});
    return watcher;
  }

  close(): void {
    this.#stop();
  }
}

interface Memory {
  /** The API, the control loops and the kubelets: one process. */
  controlPlane: number;
  /** The Service proxy and the ingress: another one. */
  dataPlane: number;
}

/** In bytes; only where there is /proc. */
async function residentMemory(pid: number): Promise<Memory> {
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ');
  const commands = await Promise.all(children.map(async (child) => readFile(`/proc/${child}/cmdline`, 'utf8')));
  const dataPlane = children[commands.findIndex((command) => command.includes('data-plane'))]!;
  return { controlPlane: await residentBytes(pid), dataPlane: await residentBytes(Number(dataPlane)) };
}

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)![1]) * 1024;
}

function memoryFigure({ controlPlane, dataPlane }: Memory): Figure {
  const value = controlPlane / 2 ** 20;
  return {
    name: `memory of the control plane with ${PODS} pods`,
    value,
    unit: 'MiB',
    target: `< ${LARGEST_MIB} MiB`,
    reached: value < LARGEST_MIB,
    detail: `resident; the data plane has ${Math.round(dataPlane / 2 ** 20)} MiB`,
  };
}

async function created(api: ApiClient, path: string, body: object): Promise<void> {
  const { code, body: answer } = await api.call('POST', path, { body });
  if (code !== 201) throw new Error(`the API answered ${code}: ${answer?.message}`);
}

async function until(what: string, reached: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!(await reached())) {
    if (performance.now() > deadline) throw new Error(`not within ${DEADLINE_MS / 1000} s: ${what}`);
    await sleep(20);
  }
}
