/**
 * The embedded cluster's process: composes the parts, says when the API answers, and stops everything in order.
 * Started by the embedded provider with the path of a settings file; its standard output is the cluster's log.
 */
import { readFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeKubeconfig } from './api/http/kubeconfig.ts';
import { startApiServer } from './api/http/server.ts';
import { createApiClient } from './api/in-process-client.ts';
import { startControllers } from './controllers/index.ts';
import { withFieldManager } from './controllers/shared/field-manager.ts';
import { createImages } from './images/images.ts';
import { createKubelet } from './kubelet/kubelet.ts';
import { addressPlan } from './network/address-plan.ts';
import { createNetwork } from './network/index.ts';
import { isPortFree } from './network/ports.ts';
import { startScheduler } from './scheduler/index.ts';
import type { EmbeddedSettings } from './settings.ts';

/** How long pods may take to stop when the whole cluster stops; what is left then is killed. */
const STOP_GRACE_SECONDS = 5;

async function startCluster(settings: EmbeddedSettings): Promise<{ url: string; stop(): Promise<void> }> {
  const plan = addressPlan(settings.addressBlock, settings.nodes.length);
  const client = createApiClient({
    serviceCidr: plan.serviceCidr,
    nodePortFree: isPortFree,
    defaultTolerationSeconds: settings.timing.defaultTolerationSeconds,
  });
  const cluster = createNetwork(settings, withFieldManager(client, 'log-lab-network'));
  const images = createImages({
    projectDirectory: settings.projectDirectory,
    compileCacheDirectory: join(settings.projectDirectory, 'node_modules', '.cache', 'log-lab'),
  });
  const kubeletClient = withFieldManager(client, 'kubelet');
  const kubelets = settings.nodes.map((node, nodeIndex) =>
    createKubelet({ node, nodeIndex, settings, client: kubeletClient, network: cluster.network, images }),
  );
  const agents = new Map(kubelets.map((kubelet) => [kubelet.nodeName, kubelet]));

  const controllers = startControllers(client, settings);
  await cluster.start();
  const scheduler = startScheduler(client);
  for (const kubelet of kubelets) kubelet.start();
  const server = await startApiServer({
    client,
    agents: () => agents,
    network: cluster.network,
    host: plan.apiServer,
    port: 0,
    token: settings.token,
    kubernetesVersion: settings.kubernetesVersion,
    labHooks: { status: () => cluster.status(), shutdown: () => void process.kill(process.pid, 'SIGTERM') },
  });
  const { url, caPem } = server;
  const { token } = settings;
  await writeKubeconfig(join(settings.directory, 'kubeconfig'), {
    url,
    caPem,
    token,
    namespace: 'log-lab',
    contextName: 'log-lab',
  });
  return {
    url,
    // The control loops first: nothing may replace a pod that is being stopped. The API last: somebody may be watching.
    stop: async () => {
      scheduler.stop();
      controllers.stop();
      await Promise.all(kubelets.map((kubelet) => kubelet.stop(STOP_GRACE_SECONDS)));
      await cluster.close();
      await server.close();
    },
  };
}

async function main(): Promise<void> {
  const settings = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as EmbeddedSettings;
  const stateFile = join(settings.directory, 'lab.json');
  let stopping = false;
  const cluster = await startCluster(settings);
  const stop = async (why: string): Promise<void> => {
    if (stopping) return;
    stopping = true;
    console.log(`${new Date().toISOString()} ${why}: stopping`);
    await cluster.stop();
    await rm(stateFile, { force: true });
    process.exit(0);
  };
  process.on('SIGTERM', (signal) => void stop(signal));
  process.on('SIGINT', (signal) => void stop(signal));
  const state = {
    labId: settings.labId,
    pid: process.pid,
    startedAt: new Date().toISOString(),
    profile: settings.profile,
    url: cluster.url,
  };
  await writeFile(`${stateFile}.tmp`, JSON.stringify(state), { mode: 0o600 });
  await rename(`${stateFile}.tmp`, stateFile);
  // Whoever brought this up and ended before it was ready did not want it any more.
  if (!process.connected) return stop('nobody is waiting');
  process.send?.({ ready: true });
}

await main();
