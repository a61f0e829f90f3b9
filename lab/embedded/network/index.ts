/** The network of an embedded cluster, composed: pod addresses, DNS, Services, LoadBalancers and the ingress. */
import { join } from 'node:path';
import type { ApiClient } from '../api/client.ts';
import { startController, type Watch } from '../controllers/runtime.ts';
import type { EmbeddedSettings } from '../settings.ts';
import { addressPlan } from './address-plan.ts';
import { createIngressController } from './control/ingress-controller.ts';
import { networkController } from './control/network-controller.ts';
import { startDataPlane, type DataPlaneHandle } from './control/start-data-plane.ts';
import type { DataPlaneStatus } from './data-plane/protocol.ts';
import { startDns, type DnsServer } from './dns.ts';
import type { AddressPlan, SocketAddress } from './network.ts';
import { createPodNetwork, type OwnedPodNetwork } from './pod-network.ts';

interface NetworkStatus extends DataPlaneStatus {
  dns: SocketAddress;
  /** `ADDRESS:PORT` of the cluster to where it really is. */
  translations: Record<string, string>;
  dataPlanePid: number | undefined;
}

export interface Network {
  readonly plan: AddressPlan;
  /** Usable once start() has resolved. */
  readonly network: OwnedPodNetwork;
  start(): Promise<void>;
  /** What is bound where, and the connections of each endpoint. */
  status(): Promise<NetworkStatus>;
  close(): Promise<void>;
}

/** Nothing runs before start(). */
export function createNetwork(settings: EmbeddedSettings, client: ApiClient): Network {
  const plan = addressPlan(settings.addressBlock, settings.nodes.length);
  let dns: DnsServer | undefined;
  let dataPlane: DataPlaneHandle | undefined;
  let stopController: (() => void) | undefined;

  const dnsAddress = (): SocketAddress => {
    if (!dns) throw new Error('the network has not been started');
    return dns.address;
  };
  const network = createPodNetwork({
    plan,
    directory: join(settings.directory, 'network'),
    clusterDomain: settings.clusterDomain,
    nodeNames: settings.nodes.map(({ name }) => name),
    namespaceOf: (uid) => namespaceOf(client, uid),
    dns: dnsAddress,
  });

  return {
    plan,
    network,
    async start() {
      let wake: (() => void) | undefined;
      dataPlane = startDataPlane({ env: { LAB_ID: settings.labId }, restarted: () => wake?.() });
      dns = await startDns({ client, domain: settings.clusterDomain, host: plan.dns });
      createIngressController(client, settings.ingressClass, plan.loadBalancerPool[0]!);
      const dataPlaneRestarts: Watch = {
        start(_client, enqueue) {
          wake = () => enqueue('network');
          return () => (wake = undefined);
        },
      };
      const { translations } = network;
      const { loadBalancerPool } = plan;
      const { ingressClass } = settings;
      stopController = startController(
        client,
        networkController({ client, dataPlane, translations, loadBalancerPool, ingressClass, dataPlaneRestarts }),
      );
    },
    async status() {
      if (!dataPlane) throw new Error('the network has not been started');
      return {
        ...(await dataPlane.status()),
        dns: dnsAddress(),
        translations: network.translations.entries(),
        dataPlanePid: dataPlane.pid,
      };
    },
    async close() {
      stopController?.();
      await Promise.all([dataPlane?.close(), dns?.close()]);
      network.close();
    },
  };
}

/** The kubelet attaches pods that the API knows. */
function namespaceOf(client: ApiClient, uid: string): string {
  const pod = client.list('pods').find(({ metadata }) => metadata.uid === uid);
  if (!pod) throw new Error(`no pod with uid ${uid}`);
  return pod.metadata.namespace ?? 'default';
}
