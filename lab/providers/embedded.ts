/** The embedded cluster: one background process on this machine, found again through its state file. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { newPassword } from '../cluster/password.ts';
import type { EmbeddedSettings } from '../embedded/settings.ts';
import { InterruptedError, LabError } from '../exit-codes.ts';
import { labDirectory, PROJECT_DIRECTORY, projectPath } from '../project.ts';
import { clusterTiming, loadClusterFile, timingProfile } from './cluster-file.ts';
import { isAlive, reapRemains, type LabState, readState } from './embedded-state.ts';
import type { ClusterAccess, ClusterTiming, NodePower, Provider, ProviderStatus, UpOptions } from './provider.ts';

const START_LIMIT_MS = 20_000;
const STOP_LIMIT_MS = 10_000;

export class EmbeddedProvider implements Provider {
  readonly name = 'embedded';
  readonly #directory: string;
  readonly nodePower: NodePower = {
    stopNode: (node) => this.#power(node, 'power-off'),
    startNode: (node) => this.#power(node, 'power-on'),
  };

  constructor(directory = labDirectory()) {
    this.#directory = directory;
  }

  async find(): Promise<ClusterAccess | undefined> {
    const state = await readState(this.#directory);
    if (state === undefined || state.url === undefined || !(await isAlive(state))) return undefined;
    return { kubeconfig: this.#file('kubeconfig'), databasePassword: await this.#databasePassword() };
  }

  async up({ profile, say, signal }: UpOptions): Promise<ClusterAccess> {
    const existing = await this.find();
    if (existing !== undefined) return existing;
    const settings = await this.#settings(profile);
    await mkdir(this.#directory, { recursive: true });
    await this.#claim(settings.labId, say);
    try {
      await writeFile(this.#file('settings.json'), JSON.stringify(settings, null, 2), { mode: 0o600 });
      await this.#start(settings, signal);
    } catch (error) {
      await this.#removeState();
      throw error;
    }
    return { kubeconfig: this.#file('kubeconfig'), databasePassword: await this.#databasePassword() };
  }

  async down({ deleteData, say }: { deleteData: boolean; say: (message: string) => void }): Promise<{
    wasUp: boolean;
    forced: boolean;
  }> {
    const state = await readState(this.#directory);
    const wasUp = state !== undefined && (await isAlive(state));
    let forced = false;
    if (state !== undefined && wasUp) forced = !(await stopProcess(state));
    if (state !== undefined && (forced || !wasUp)) {
      for (const line of await reapRemains(this.#directory, state.labId)) say(line);
    }
    await this.#removeState();
    if (deleteData) {
      await rm(this.#file('volumes'), { recursive: true, force: true });
      await rm(this.#file('database-password'), { force: true });
    }
    return { wasUp, forced };
  }

  async status(): Promise<ProviderStatus> {
    const state = await readState(this.#directory);
    if (state === undefined) return { up: false, details: [] };
    if (!(await isAlive(state))) {
      return {
        up: false,
        details: [`a lab died here (process ${state.pid}); the next lab:up or lab:down cleans up after it`],
      };
    }
    return {
      up: true,
      details: [
        `process ${state.pid}, since ${state.startedAt}, timing profile ${state.profile}`,
        `API ${state.url ?? 'not yet listening'}`,
        `kubectl --kubeconfig ${this.#file('kubeconfig')} get pods`,
      ],
    };
  }

  async timing(): Promise<ClusterTiming> {
    const settings = JSON.parse(await readFile(this.#file('settings.json'), 'utf8')) as EmbeddedSettings;
    return clusterTiming(settings.timing, `timing profile ${settings.profile}`);
  }

  #file(name: string): string {
    return join(this.#directory, name);
  }

  async #settings(profileName: string | undefined): Promise<EmbeddedSettings> {
    const file = await loadClusterFile();
    const name = profileName ?? file.timing.profile;
    const timing = timingProfile(file, name);
    const { chooseAddressBlock } = await import('../embedded/network/address-plan.ts');
    return {
      labId: randomBytes(6).toString('hex'),
      directory: this.#directory,
      projectDirectory: PROJECT_DIRECTORY,
      addressBlock: await chooseAddressBlock(),
      token: randomBytes(32).toString('base64url'),
      kubernetesVersion: file.kubernetesVersion,
      nodes: file.nodes.map(({ address: _, ...node }) => node),
      timing,
      profile: name,
      ingressClass: file.network.ingressClass,
      clusterDomain: file.network.clusterDomain,
    };
  }

  /** Takes the state file for this start, cleaning up after a lab that died. Throws LabError when another start is under way. */
  async #claim(labId: string, say: (message: string) => void): Promise<void> {
    const state: LabState = { labId, pid: process.pid, startedAt: new Date().toISOString(), profile: '' };
    for (let attempt = 0; attempt < 2; attempt++) {
      try {
        await writeFile(this.#file('lab.json'), JSON.stringify(state), { flag: 'wx', mode: 0o600 });
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const other = await readState(this.#directory);
      if (other !== undefined && (await isAlive(other))) break;
      say('cleaning up after a lab that died');
      if (other !== undefined) for (const line of await reapRemains(this.#directory, other.labId)) say(line);
      await this.#removeState();
    }
    throw new LabError('another lab:up is under way in this directory; wait for it, or use lab:down');
  }

  /** Starts the cluster's process and waits until its API answers. */
  async #start(settings: EmbeddedSettings, signal: AbortSignal): Promise<void> {
    const logFile = this.#file('cluster.log');
    const log = openSync(logFile, 'w', 0o600);
    const main = projectPath('lab', 'embedded', 'main.ts');
    const child = spawn(process.execPath, [main, this.#file('settings.json')], {
      detached: true,
      cwd: PROJECT_DIRECTORY,
      stdio: ['ignore', log, log, 'ipc'],
      env: { ...process.env, LAB_ID: settings.labId },
    });
    closeSync(log);
    try {
      await untilReady(child, logFile, signal);
    } catch (error) {
      await killAndWait(child);
      await reapRemains(this.#directory, settings.labId);
      throw error;
    }
    child.disconnect();
    child.unref();
  }

  async #power(node: string, action: 'power-off' | 'power-on'): Promise<void> {
    const state = await readState(this.#directory);
    if (state?.url === undefined) throw new LabError('the embedded lab is not up');
    const { token } = JSON.parse(await readFile(this.#file('settings.json'), 'utf8')) as EmbeddedSettings;
    await post(`${state.url}/lab/v1/nodes/${node}/${action}`, token);
  }

  /** Made once: the data on the database's volume was initialised with it. */
  async #databasePassword(): Promise<string> {
    const file = this.#file('database-password');
    const existing = await readFile(file, 'utf8').catch(() => undefined);
    if (existing !== undefined) return existing;
    const password = newPassword();
    await writeFile(file, password, { mode: 0o600 });
    return password;
  }

  async #removeState(): Promise<void> {
    for (const name of ['pods', 'network', 'settings.json', 'kubeconfig', 'lab.json']) {
      await rm(this.#file(name), { recursive: true, force: true });
    }
  }
}

async function untilReady(child: ChildProcess, logFile: string, signal: AbortSignal): Promise<void> {
  const ready = new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('error', reject);
    child.once('exit', (code, killedBy) =>
      reject(new LabError(`the embedded cluster ended at start (${killedBy ?? code})`)),
    );
  });
  const limit = AbortSignal.any([signal, AbortSignal.timeout(START_LIMIT_MS)]);
  const aborted = new Promise<never>((_, reject) => {
    limit.addEventListener('abort', () => reject(limit.reason), { once: true });
  });
  try {
    await Promise.race([ready, aborted]);
  } catch (error) {
    if (signal.aborted) throw new InterruptedError('interrupted', { cause: error });
    const tail = (await readFile(logFile, 'utf8').catch(() => '')).trimEnd().split('\n').slice(-12).join('\n');
    throw new LabError(`${(error as Error).message}\n${tail}`, { cause: error });
  }
}

async function killAndWait(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await new Promise<void>((resolve) => child.once('exit', () => resolve()));
}

/** True when it ended on its own after SIGTERM; false when it had to be killed. */
async function stopProcess(state: LabState): Promise<boolean> {
  process.kill(state.pid, 'SIGTERM');
  const deadline = performance.now() + STOP_LIMIT_MS;
  while (performance.now() < deadline) {
    if (!(await isAlive(state))) return true;
    await delay(20);
  }
  process.kill(state.pid, 'SIGKILL');
  while (await isAlive(state)) await delay(20);
  return false;
}

/** The certificate is the cluster's own and the address is loopback, so that there is nobody to check it against. */
async function post(url: string, token: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` };
    const outgoing = request(url, { method: 'POST', headers, rejectUnauthorized: false }, (response) => {
      response.resume();
      response.on('end', () => {
        if (response.statusCode !== undefined && response.statusCode < 300) resolve();
        else reject(new LabError(`${url}: HTTP ${response.statusCode}`));
      });
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}
