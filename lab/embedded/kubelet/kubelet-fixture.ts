/** A kubelet with a real API and real processes, for tests. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { Container, ContainerStatus, Pod, PodSpec } from 'kubernetes-types/core/v1.js';
import { createApiClient } from '../api/in-process-client.ts';
import type { Stored } from '../api/types.ts';
import { createImages, image } from '../images/images.ts';
import { probeBind } from '../network/bind.ts';
import type { PodAttachment, PodNetwork, SocketAddress } from '../network/network.ts';
import type { EmbeddedSettings, NodeSettings } from '../settings.ts';
import { createKubelet } from './kubelet.ts';
import type { LogOptions } from './node-agent.ts';

const NODE: NodeSettings = { name: 'w1', role: 'worker', cpu: '2', memory: '2Gi', pods: 110 };

export type Lab = ReturnType<typeof startLab>;

/** One node in a temporary directory; `sh` is an image of which the command is a shell. Stop it with stop(). */
export function startLab(timing: Partial<EmbeddedSettings['timing']> = {}) {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'kubelet-')));
  const settings: EmbeddedSettings = {
    labId: `test-${process.pid}`,
    directory,
    projectDirectory: join(import.meta.dirname, '..', '..', '..'),
    addressBlock: 0,
    token: 'token',
    kubernetesVersion: 'v1.35.0',
    nodes: [NODE],
    timing: {
      nodeStatusUpdateFrequencySeconds: 1,
      nodeMonitorPeriodSeconds: 1,
      nodeMonitorGracePeriodSeconds: 5,
      defaultTolerationSeconds: 5,
      crashLoopBackOffInitialSeconds: 1,
      crashLoopBackOffMaxSeconds: 2,
      ...timing,
    },
    profile: 'test',
    ingressClass: 'nginx',
    clusterDomain: 'cluster.local',
  };
  const client = createApiClient({ serviceCidr: '127.0.96.0/20' });
  for (const name of ['default', 'kube-node-lease']) {
    if (!client.find('namespaces', undefined, name)) client.create('namespaces', { metadata: { name } });
  }
  const network = loopbackNetwork();
  const images = createImages({
    projectDirectory: settings.projectDirectory,
    extra: { 'sh:1': image({ entrypoint: ['sh', '-c'] }), 'node:1': image({ entrypoint: ['node', '-e'] }) },
  });
  const kubelet = createKubelet({ node: NODE, nodeIndex: 0, settings, client, network, images });
  kubelet.start();

  const find = (name: string): Stored<Pod> | undefined => client.find('pods', 'default', name);
  return {
    directory,
    client,
    kubelet,
    network,
    find,
    run(
      name: string,
      spec: Omit<PodSpec, 'containers'> & { containers: Partial<Container>[] },
      labels = {},
    ): Stored<Pod> {
      const containers = spec.containers.map((container) => ({ name: 'main', image: 'sh:1', ...container }));
      const pod = {
        metadata: { name, namespace: 'default', labels },
        spec: { ...spec, containers, nodeName: NODE.name },
      };
      return client.create('pods', pod);
    },
    status: (name: string): ContainerStatus | undefined => find(name)?.status?.containerStatuses?.[0],
    isReady: (name: string): boolean =>
      find(name)?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false,
    events: (reason: string): string[] =>
      client.list('events').flatMap((event) => (event.reason === reason ? [event.message ?? ''] : [])),
    log: async (name: string, options: LogOptions = {}): Promise<string> =>
      text(await kubelet.logs('default', name, options)),
    /** What a shell script prints in the container. */
    async exec(name: string, script: string): Promise<string> {
      const stdout = new PassThrough();
      const output = text(stdout);
      await kubelet.exec('default', name, { command: ['sh', '-c', script], stdout });
      stdout.end();
      return output;
    },
    async stop(): Promise<void> {
      await kubelet.stop(0);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Waits for a condition. Throws Error after ten seconds. */
export async function until(what: string, condition: () => unknown): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await delay(10);
  }
}

/** All pods at 127.0.0.1, each declared port at a free one; addresses of the cluster are made up. */
function loopbackNetwork(): PodNetwork & { attachments: Map<string, PodAttachment> } {
  const attachments = new Map<string, PodAttachment>();
  const translations = new Map<string, SocketAddress>();
  let given = 0;
  return {
    attachments,
    async attach({ uid, containerPorts }) {
      const podIP = `127.0.1.${++given}`;
      const ports = new Map<number, SocketAddress>();
      for (const port of containerPorts) {
        const real = { host: '127.0.0.1', port: await probeBind('127.0.0.1', 0) };
        ports.set(port, real);
        translations.set(`${podIP}:${port}`, real);
      }
      const list = [...ports].map(([port, real]) => `${port}=${real.host}:${real.port}`).join(',');
      const env = { LAB_POD_IP: podIP, LAB_POD_PORTS: list, PORT: String([...ports.values()][0]?.port ?? 0) };
      const attachment = { podIP, ports, env, nodeArguments: [] };
      attachments.set(uid, attachment);
      return attachment;
    },
    detach: (uid) => void attachments.delete(uid),
    resolve: (address, port) => translations.get(`${address}:${port}`) ?? { host: address, port },
  };
}
