/** Sessions of the kubectl program. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface CommandAnswer {
  exit: number | null;
  /** Lines, missing when there are none. */
  out?: string[];
  err?: string[];
}

/** Like `v1.32.4`. Throws an error that says why there is none. */
export function kubectlVersion(): string {
  const { status, error, stdout } = spawnSync('kubectl', ['version', '--client', '-o', 'json'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(error === undefined ? `kubectl ends with ${status}` : 'kubectl is not on PATH');
  return (JSON.parse(stdout) as { clientVersion: { gitVersion: string } }).clientVersion.gitVersion;
}

/**
 * Why there are no kubectl sessions; undefined when there can be.
 * @param like the version whose answers are compared with: another minor version words its own
 */
export function whyNoKubectl(like?: string): string | undefined {
  try {
    const version = kubectlVersion();
    if (like === undefined || minor(version) === minor(like)) return undefined;
    return `kubectl is ${version}, and the answers are of ${like}`;
  } catch (error) {
    return (error as Error).message;
  }
}

function minor(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}

export class Kubectl {
  readonly #environment: NodeJS.ProcessEnv;
  readonly #cacheDirectory: string;

  constructor(kubeconfig: string) {
    this.#cacheDirectory = mkdtempSync(join(tmpdir(), 'fidelity-kubectl-'));
    this.#environment = {
      ...process.env,
      KUBECONFIG: kubeconfig,
      KUBECACHEDIR: this.#cacheDirectory,
      // What `kubectl edit` and `kubectl diff` run is to be the same everywhere.
      KUBECTL_EXTERNAL_DIFF: 'diff -u',
    };
  }

  /** Runs a command to its end, which `stdin` is given to. Killed after a minute. */
  async run(namespace: string, words: readonly string[], stdin = ''): Promise<CommandAnswer> {
    const child = this.#start(namespace, words);
    const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
    child.stdin!.on('error', () => {}).end(stdin);
    const [out, err, exit] = await Promise.all([text(child.stdout!), text(child.stderr!), ended(child)]);
    clearTimeout(timer);
    return { exit, ...lines('out', out), ...lines('err', err) };
  }

  /** Runs a command that does not end by itself until its output matches, and answers that output. */
  async runUntil(namespace: string, words: readonly string[], enough: RegExp): Promise<CommandAnswer> {
    const child = this.#start(namespace, words);
    let out = '';
    const timer = setTimeout(() => child.kill('SIGKILL'), 30_000);
    child.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
      out += chunk;
      if (enough.test(out)) child.kill('SIGINT');
    });
    const [err] = await Promise.all([text(child.stderr!), ended(child)]);
    clearTimeout(timer);
    return { exit: null, ...lines('out', out), ...lines('err', err) };
  }

  close(): void {
    rmSync(this.#cacheDirectory, { recursive: true, force: true });
  }

  #start(namespace: string, words: readonly string[]): ChildProcess {
    return spawn('kubectl', ['-n', namespace, ...words], { env: this.#environment });
  }
}

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  let all = '';
  for await (const chunk of stream.setEncoding('utf8')) all += chunk as string;
  return all;
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
}

/** Without what client-go logs of its own accord, like `W1123 13:22:10 reflector.go:492] ...`. */
function lines(field: 'out' | 'err', text: string): Partial<CommandAnswer> {
  const kept =
    text === ''
      ? []
      : text
          .trimEnd()
          .split('\n')
          .filter((line) => !/^[IWE]\d{4} /.test(line));
  return kept.length === 0 ? {} : { [field]: kept };
}
