/** The command line as its users meet it: exit codes, messages, and nothing left behind. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { projectPath } from './project.ts';

const directory = mkdtempSync(join(tmpdir(), 'log-lab-cli-'));
const LIMIT_MS = 60_000;

interface Result {
  code: number | null;
  stdout: string;
  stderr: string;
}

function start(...args: string[]): { child: ChildProcess; result: Promise<Result> } {
  const child = spawn(process.execPath, [projectPath('lab', 'bin.js'), ...args], {
    env: { ...process.env, LAB_DIRECTORY: directory },
    timeout: LIMIT_MS,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const result = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
  return { child, result };
}

const run = (...args: string[]): Promise<Result> => start(...args).result;

async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + LIMIT_MS; !(await condition()); await delay(20)) {
    if (Date.now() > deadline) throw new Error(`not in time: ${what}`);
  }
}

/** Processes of this test's labs, by what the provider gives each of them; zombies have no environment. */
function processesLeft(): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  return pids.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(directory);
    } catch {
      return false;
    }
  });
}

function readState(): { pid: number; url: string } {
  return JSON.parse(readFileSync(join(directory, 'lab.json'), 'utf8')) as { pid: number; url: string };
}

async function listens(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

function manifests(text: string): string {
  const folder = mkdtempSync(join(directory, 'manifests-'));
  writeFileSync(join(folder, '10-thing.yaml'), text);
  return folder;
}

t.teardown(async () => {
  await run('down', '--delete-data');
  rmSync(directory, { recursive: true, force: true });
});

void t.test('bad usage says what is meant and ends with 64', async (t) => {
  const cases: [string[], RegExp][] = [
    [['statsu'], /unknown command "statsu"; did you mean "status"\?/],
    [['up', '--provder', 'embedded'], /'--provder'; did you mean "provider"\?/],
    [['up', '--provider', 'vagrent'], /unknown provider "vagrent"/],
    [['up', '--profile', 'fats'], /unknown timing profile "fats".*did you mean "fast"\?/],
    [['up', 'now'], /too much: now/],
    [['scenario'], /something is missing/],
    [['scenario', 'load-balence'], /no scenario "load-balence"; did you mean "load-balance"\?/],
    [['scenario', 'load-balance', '--seed', 'x'], /--seed takes a whole number/],
    [['report', 'verify', directory], /is not a run/],
    [['report', 'verfy', directory], /unknown action "verfy"; did you mean "verify"\?/],
  ];
  for (const [args, message] of cases) {
    const { code, stderr } = await run(...args);
    t.equal(code, 64, args.join(' '));
    t.match(stderr, message);
  }
  t.same(readdirSync(directory), [], 'nothing was made');
});

void t.test('a lab is brought up, found, used and taken down', async (t) => {
  t.match(await run('status'), { code: 3, stdout: /the lab is down/ });
  t.match(await run('down'), { code: 0, stdout: /no lab was up/ });

  t.match(await run('up'), { code: 0, stdout: /the lab is up after [\d.]+ s/ });
  t.equal(statSync(join(directory, 'kubeconfig')).mode & 0o777, 0o600);
  t.match(await run('up'), { code: 0, stdout: /the lab was up already/ }, 'a second one finds it');
  const status = await run('status');
  t.equal(status.code, 0);
  t.match(status.stdout, /^postgres-0 +postgres +w[12] +ready$/m);

  await t.test('a manifest that the cluster does not take is named', async (t) => {
    const unknownField = manifests(
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, namespace: log-lab }\n---\n' +
        'apiVersion: v1\nkind: Service\nmetadata: { name: s, namespace: log-lab }\nspec: { prots: [] }\n',
    );
    const unknownKind = manifests('apiVersion: apps/v1\nkind: DaemonSet\nmetadata: { name: d, namespace: log-lab }\n');
    const broken = manifests('apiVersion: v1\nkind: [Pod\n---\nkind: Pod\n');
    const cases: [string, RegExp][] = [
      [unknownField, /10-thing\.yaml, document 2 \(Service log-lab\/s\): .*prots/],
      [unknownKind, /10-thing\.yaml, document 1 \(DaemonSet log-lab\/d\): .*DaemonSet/],
      [broken, /10-thing\.yaml, document 1, line \d+, column \d+: [^]*document 2: apiVersion is missing/],
    ];
    for (const [folder, message] of cases)
      t.match(await run('up', '--manifests', folder), { code: 64, stderr: message });
  });

  const { url } = readState();
  const { hostname, port } = new URL(url);
  t.ok(await listens(hostname, Number(port)));
  t.match(await run('down'), { code: 0, stdout: /the lab is down after [\d.]+ s$/m });
  t.notOk(await listens(hostname, Number(port)));
  t.same(processesLeft(), []);
  t.notOk(existsSync(join(directory, 'pods')) || existsSync(join(directory, 'lab.json')), 'no temporary files');
});

void t.test('what a lab that died has left is found and cleaned', async (t) => {
  t.equal((await run('up')).code, 0);
  const { pid } = readState();
  process.kill(pid, 'SIGKILL');
  await until('the process is gone', async () => (await run('status')).code === 3);
  t.match(await run('status'), { stdout: /a lab died here/ });
  t.match(await run('up'), { code: 0, stderr: /cleaning up after a lab that died/ });
  t.match(await run('down'), { code: 0 });
  t.same(processesLeft(), []);
});

void t.test('Ctrl-C while the lab comes up stops everything', async (t) => {
  const { child, result } = start('up');
  await until('the cluster has begun', () => existsSync(join(directory, 'cluster.log')) && processesLeft().length > 0);
  child.kill('SIGINT');
  t.match(await result, { code: 130, stderr: /interrupted/ });
  t.same(processesLeft(), []);
  t.notOk(existsSync(join(directory, 'lab.json')));
});
