/** The canonical cluster: virtual machines made by Vagrant, filled by the scripts of provision/. */
import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UsageError } from '../exit-codes.ts';
import { labDirectory } from '../project.ts';
import { answers } from './api-answers.ts';
import { clusterTiming, loadClusterFile, timingProfile, type ClusterFile } from './cluster-file.ts';
import type { ClusterAccess, ClusterTiming, NodePower, Provider, ProviderStatus, UpOptions } from './provider.ts';
import type { Stage } from './vagrant/stage.ts';
import type { Vagrant } from './vagrant/vagrant-command.ts';

/** A machine that was switched off answers no packets: without these ssh would wait for minutes. */
const SSH_OPTIONS = 'Host *\n  ConnectTimeout 10\n  ServerAliveInterval 10\n  ServerAliveCountMax 6\n';

export class VagrantProvider implements Provider {
  readonly name = 'vagrant';
  readonly #directory: string;
  readonly nodePower: NodePower = {
    stopNode: async (node) => (await this.#vagrant()).halt({ node, force: true }),
    startNode: async (node) => (await this.#vagrant()).boot(node),
  };

  constructor(directory = join(labDirectory(), 'vagrant')) {
    this.#directory = directory;
  }

  async find(): Promise<ClusterAccess | undefined> {
    const kubeconfig = this.#file('kubeconfig');
    return (await answers(kubeconfig)) ? { kubeconfig } : undefined;
  }

  /**
   * Runs all stages even when the cluster is up: each does only what is missing. What was made stays when a stage fails, so
   * that the next call continues; `down` with deleteData takes it away.
   */
  async up({ profile, bundle, say, signal }: UpOptions): Promise<ClusterAccess> {
    const file = await loadClusterFile();
    const profileName = profile ?? (await this.#profile()) ?? file.timing.profile;
    const timing = timingProfile(file, profileName);
    const bundleDirectory = bundle === undefined ? undefined : await bundleAt(bundle);
    await mkdir(this.#directory, { recursive: true });
    await writeFile(this.#file('profile'), profileName);
    const [{ provisioningStages }, { runStages }] = await Promise.all([
      import('./vagrant/stages.ts'),
      import('./vagrant/stage.ts'),
    ]);
    const stages = [
      this.#machines(file, say),
      ...provisioningStages({
        file,
        timing,
        sshConfig: this.#file('ssh-config'),
        directory: this.#directory,
        kubeconfig: this.#file('kubeconfig'),
        bundle: bundleDirectory,
      }),
    ];
    await runStages(stages, { say, signal, logDirectory: this.#file('logs') });
    return { kubeconfig: this.#file('kubeconfig') };
  }

  async down({ deleteData, say }: { deleteData: boolean; say: (message: string) => void }): Promise<{
    wasUp: boolean;
    forced: boolean;
  }> {
    const vagrant = await this.#vagrant();
    const states = await vagrant.states();
    const wasUp = [...states.values()].includes('running');
    if (deleteData) {
      await vagrant.destroy({});
      await rm(this.#directory, { recursive: true, force: true });
    } else {
      if (wasUp) await vagrant.halt({});
      say('the machines are switched off and kept; --delete-data removes them');
    }
    return { wasUp, forced: false };
  }

  async status(): Promise<ProviderStatus> {
    const states = await (await this.#vagrant()).states();
    const up = (await this.find()) !== undefined;
    const machines = [...states].map(([machine, state]) => `${machine}: ${state}`).join(', ');
    return {
      up,
      details: [
        `machines ${machines}`,
        ...(up ? [`kubectl --kubeconfig ${this.#file('kubeconfig')} get pods -A`] : []),
      ],
    };
  }

  async timing(): Promise<ClusterTiming> {
    const file = await loadClusterFile();
    const name = (await this.#profile()) ?? file.timing.profile;
    return clusterTiming(timingProfile(file, name), `timing profile ${name}`);
  }

  #machines(file: ClusterFile, say: (message: string) => void): Stage {
    return {
      name: 'machines',
      run: async (options) => {
        const { log, signal } = options();
        const vagrant = await this.#vagrant();
        await vagrant.up(file, { log, signal, say });
        const config = await vagrant.sshConfig({ log, signal });
        await writeFile(this.#file('ssh-config'), `${config}\n${SSH_OPTIONS}`, { mode: 0o600 });
      },
    };
  }

  /** Loaded when it is needed: the command line answers at once for those who use another provider. */
  async #vagrant(): Promise<Vagrant> {
    const { Vagrant } = await import('./vagrant/vagrant-command.ts');
    return new Vagrant(this.#directory);
  }

  async #profile(): Promise<string | undefined> {
    return readFile(this.#file('profile'), 'utf8').catch(() => undefined);
  }

  #file(name: string): string {
    return join(this.#directory, name);
  }
}

async function bundleAt(directory: string): Promise<string> {
  const path = resolve(directory);
  await access(join(path, 'SHA256SUMS')).catch((error: unknown) => {
    throw new UsageError(`${path} is no bundle: it has no SHA256SUMS (npm run lab:bundle makes one)`, { cause: error });
  });
  return path;
}
