/** Whole runs on a real embedded lab: what they report, and that they leave it as they found it, however they end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { type Cluster, deploymentReference } from '../cluster/cluster.ts';
import { isConditionTrue, type KubeObject, NAMESPACE } from '../cluster/objects.ts';
import { waitFor, waitUntilReady } from '../cluster/wait.ts';
import { bringUp } from '../commands/bring-up.ts';
import { EXIT } from '../exit-codes.ts';
import { projectPath } from '../project.ts';
import { EmbeddedProvider } from '../providers/embedded.ts';
import { verifyStored } from '../report/verify.ts';
import { writeReport } from '../report/write.ts';
import { loadScenario } from './load-scenario.ts';
import { runScenario, type RunOptions } from './run.ts';

const LIMIT_MS = 60_000;
const forever = new AbortController().signal;

// Not within the checkout: the database's user must be able to reach its files.
const directory = mkdtempSync(join(tmpdir(), 'log-lab-run-'));
const reports = join(directory, 'reports');
const provider = new EmbeddedProvider(join(directory, 'lab'));
t.teardown(async () => {
  await provider.down({ deleteData: true, say: () => undefined });
  rmSync(directory, { recursive: true, force: true });
});
const { cluster } = await bringUp(provider, { say: () => undefined, signal: forever });

const fixture = (name: string): string => join(import.meta.dirname, 'fixtures', `${name}.yaml`);
const quiet = { phase: () => undefined, load: () => undefined, note: () => undefined };

async function run(name: string, options: Partial<RunOptions> = {}) {
  const scenario = await loadScenario(fixture(name));
  return runScenario(scenario, cluster, provider, { seed: 1, signal: forever, progress: quiet, ...options });
}

/** What the fixtures' setups and faults change. */
async function configuration({ cluster }: { cluster: Cluster }) {
  const service = await cluster.get({
    apiVersion: 'v1',
    kind: 'Service',
    namespace: NAMESPACE,
    name: 'log-processor-lb',
  });
  const [processor, generator] = await Promise.all(
    ['log-processor', 'log-generator'].map((name) => cluster.get(deploymentReference(name))),
  );
  return {
    replicas: processor!.spec.replicas,
    env: generator!.spec.template.spec.containers[0].env,
    affinity: service.spec.sessionAffinity,
    affinityConfig: service.spec.sessionAffinityConfig,
  };
}

const before = await configuration({ cluster });

void t.test('a run that passes: its report, its evidence, and nothing left behind', async (t) => {
  const { history, attachments } = await run('valid-tiny-run');
  const report = await writeReport(history, reports, attachments);
  t.equal(report.outcome, 'pass', report.model.reasons.join('; '));
  t.same(
    history.faults.map(({ kind, evidence }) => [kind, evidence.length]),
    [
      ['kill-container', 1],
      ['pause-pod', 1],
      ['slow-pod', 1],
    ],
  );
  t.match(history.faults[0]!.evidence[0]!.what, /ended with exit code 137; restart count is 1/);
  t.match(attachments.get('manifests.yaml'), /sessionAffinity: ClientIP/, 'as applied for this run');
  t.ok([...attachments.keys()].some((file) => /^logs\/log-generator-.*\.previous\.log$/.test(file)));
  t.equal(report.model.books!.reconciled, true);
  t.match(await verifyStored(report.directory), { agrees: true, problems: [] });
  t.same(await configuration({ cluster }), before);
});

async function untilNoWorkers(): Promise<void> {
  const look = async (): Promise<true | undefined> => {
    const jobs = await cluster.list('batch/v1', 'Job', { namespace: NAMESPACE });
    const pods = await cluster.pods('load-worker');
    return jobs.length + pods.length === 0 ? true : undefined;
  };
  await waitFor('there are load workers', LIMIT_MS, forever, look, async () => '');
}

void t.test('load from pods: all of it in the record, on the clock of the run, and no pod left', async (t) => {
  const { history, attachments } = await run('valid-from-cluster');
  const report = await writeReport(history, reports, attachments);
  t.equal(report.outcome, 'pass', report.model.reasons.join('; '));
  for (const { loads, startedAt, endedAt } of history.phases) {
    const { workers, operations } = loads[0]!;
    t.same(
      workers!.map(({ made, recorded, error }) => [made - recorded, error]),
      [
        [0, null],
        [0, null],
      ],
    );
    t.equal(new Set(workers!.map(({ pod }) => pod)).size, 2);
    t.ok([...operations].every((operation) => operation.startedAt > startedAt && operation.endedAt < endedAt));
  }
  t.equal(report.model.books!.reconciled, true);
  t.match(await verifyStored(report.directory), { agrees: true, problems: [] });
  await untilNoWorkers();
});

/** The processes of a pod of the embedded lab. */
function processesOf(pod: KubeObject): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`HOSTNAME=${pod.spec.hostname}`);
      } catch {
        return false;
      }
    })
    .map(Number);
}

const noProc = existsSync('/proc/self/environ') ? false : 'no /proc here that tells whose process is whose';

void t.test('a worker that is killed in the middle makes the run unknown', { skip: noProc }, async (t) => {
  let killed: Promise<string> | undefined;
  const kill = async (): Promise<string> => {
    const pod = (await cluster.pods('load-worker'))[0]!;
    for (const pid of processesOf(pod)) process.kill(pid, 'SIGKILL');
    return pod.metadata.name;
  };
  const load: RunOptions['progress']['load'] = (_, { completed }) => {
    if (completed > 20) killed ??= kill();
  };
  const { history, attachments } = await run('valid-lost-worker', { progress: { ...quiet, load } });
  const { model } = await writeReport(history, reports, attachments);
  const lost = await killed!;
  t.equal(model.outcome, 'unknown');
  t.match(
    model.reasons[0],
    new RegExp(`load log-processor was not made as asked: worker ${lost}: its process ended with exit code 137`),
  );
  const other = history.phases[0]!.loads[0]!.workers!.find(({ pod }) => pod !== lost)!;
  t.equal(other.recorded, other.made, 'what the other one did is known');
  t.ok(other.made > 0);
  t.match(model.ledger, { silentWorkers: [lost], lost: 0, unexpected: 0 });
  t.ok(model.ledger!.unrecorded > 0, 'its logs are not taken for somebody else’s');
  await untilNoWorkers();
});

async function powerIsBack(): Promise<boolean> {
  await waitUntilReady(cluster, LIMIT_MS, forever);
  const nodes = await cluster.list('v1', 'Node');
  return nodes.every((node) => isConditionTrue(node, 'Ready')) && (await everyPodAnswers());
}

/** A frozen pod may still be said to be ready. */
async function everyPodAnswers(): Promise<boolean> {
  const answers = (await cluster.pods('log-processor')).map((pod) =>
    cluster.podHttpGet(pod.metadata.name, 8080, '/livez').then(
      () => true,
      () => false,
    ),
  );
  return (await Promise.all(answers)).every(Boolean);
}

async function untilPowerIsBack(): Promise<void> {
  await waitFor(
    'the power is not back',
    LIMIT_MS,
    forever,
    async () => ((await powerIsBack()) ? true : undefined),
    async () => '',
  );
}

void t.test('a fault that nothing shows makes the run unknown, and is healed all the same', async (t) => {
  const { history, attachments } = await run('valid-power-loss', { evidenceLimitMs: 50 });
  const { model } = await writeReport(history, reports, attachments);
  t.equal(model.outcome, 'unknown');
  t.match(model.reasons[0], /nothing shows that the fault stop-node on w\d took effect/);
  t.not(history.faults[0]!.healedAt, null);
  await untilPowerIsBack();
  t.same(await configuration({ cluster }), before);
});

function commandLine(...args: string[]) {
  const child = spawn(process.execPath, [projectPath('lab', 'bin.js'), 'scenario', ...args, '--reports', reports], {
    env: { ...process.env, LAB_DIRECTORY: join(directory, 'lab'), NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = Promise.all([text(child.stdout), text(child.stderr)]);
  const ended = once(child, 'exit').then(async ([code]) => ({ code: code as number, output: await output }));
  return { child, ended };
}

void t.test('the command line repeats, sums up, and exits as the worst run', async (t) => {
  const { code, output } = await commandLine(fixture('valid-failing'), '--repeat', '2', '--json', '--seed', '5').ended;
  t.equal(code, EXIT.fail, output[1]);
  const { summary, runs } = JSON.parse(output[0]) as { summary: unknown; runs: { report: { outcome: string } }[] };
  t.match(summary, { scenario: 'failing', passed: 0, outcome: 'fail', runs: [{ seed: 5 }, { seed: 6 }] });
  t.equal(runs.length, 2);
  t.ok(readdirSync(join(reports, 'failing')).some((file) => file.endsWith('-and-1-more.md')));
});

void t.test('Ctrl-C in the middle of a fault heals it and undoes the setup', async (t) => {
  const { child, ended } = commandLine(fixture('valid-power-loss'));
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (line: string) => {
    if (line.includes('stop-node')) child.kill('SIGINT');
  });
  t.equal((await ended).code, EXIT.interrupted);
  await untilPowerIsBack();
  t.same(await configuration({ cluster }), before);
});
