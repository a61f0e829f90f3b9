/** Gives pods their addresses, and finds real ports for those that cannot be bound as declared. */
import { createAddressRing, type AddressRing } from './address-ring.ts';
import { errorCode, probeBind, type Bind } from './bind.ts';
import type { AddressPlan, PodAttachment, PodNetwork, SocketAddress } from './network.ts';
import { podEnvironment } from './pod-environment.ts';
import { createTranslations, type Translations } from './translations.ts';

const PRELOAD = new URL('preload.ts', import.meta.url).href;

export interface PodNetworkOptions {
  plan: AddressPlan;
  /** Where the translations file is kept; made if missing. */
  directory: string;
  clusterDomain: string;
  /** Names of the nodes in the plan's order. */
  nodeNames: readonly string[];
  /** Namespace of the pod with this uid: the head of its DNS search list. */
  namespaceOf(uid: string): string;
  /** Real address of the cluster's DNS server. */
  dns(): SocketAddress;
  bind?: Bind;
  now?: () => number;
}

export interface OwnedPodNetwork extends PodNetwork {
  /** Shared with what else may have to move: Services, the API server. */
  readonly translations: Translations;
  close(): void;
}

interface Held {
  podIP: string;
  ring: AddressRing;
  containerPorts: number[];
}

/** attach() throws on an unknown node and when the node's range is used up. */
export function createPodNetwork(options: PodNetworkOptions): OwnedPodNetwork {
  const { plan, bind = probeBind } = options;
  const translations = createTranslations(options.directory);
  const rings = new Map(
    options.nodeNames.map((name, index) => [name, createAddressRing(plan.podRange(index).prefix, options.now)]),
  );
  const held = new Map<string, Held>();

  const detach = (uid: string) => {
    const pod = held.get(uid);
    if (!pod) return;
    held.delete(uid);
    pod.ring.release(pod.podIP);
    for (const port of pod.containerPorts) translations.delete(pod.podIP, port);
  };

  /** A free port that is not promised to another pod, which may not have bound it yet. */
  const freeAddress = async (host: string): Promise<SocketAddress> => {
    for (;;) {
      const port = await bind(host, 0);
      if (!Object.values(translations.entries()).includes(`${host}:${port}`)) return { host, port };
    }
  };

  const attach = async (pod: { uid: string; nodeName: string; containerPorts: number[] }): Promise<PodAttachment> => {
    const ring = rings.get(pod.nodeName);
    if (!ring) throw new Error(`no such node in the address plan: ${pod.nodeName}`);
    detach(pod.uid);
    const podIP = ring.take();
    const containerPorts = [...new Set(pod.containerPorts)];
    held.set(pod.uid, { podIP, ring, containerPorts });
    const bindHost = await bindableHost(podIP, bind);
    const ports = new Map<number, SocketAddress>();
    for (const port of containerPorts) {
      const real = await realAddress(podIP, port, bind, () => freeAddress(bindHost));
      ports.set(port, real);
      translations.set(podIP, port, real);
    }
    const env = podEnvironment({
      podIP,
      bindHost,
      ports,
      dns: options.dns(),
      namespace: options.namespaceOf(pod.uid),
      clusterDomain: options.clusterDomain,
      translationsPath: translations.path,
    });
    return { podIP, ports, env, nodeArguments: ['--import', PRELOAD] };
  };

  return {
    translations,
    attach,
    detach,
    resolve: translations.resolve,
    close: () => translations.close(),
  };
}

/** The address itself, or 127.0.0.1 on platforms where that is the only one. */
async function bindableHost(address: string, bind: Bind): Promise<string> {
  return bind(address, 0).then(
    () => address,
    (error: unknown) => {
      if (errorCode(error) === 'EADDRNOTAVAIL') return '127.0.0.1';
      throw error;
    },
  );
}

/** `address:port` if it can be bound, else what `otherwise` finds. */
async function realAddress(
  address: string,
  port: number,
  bind: Bind,
  otherwise: () => Promise<SocketAddress>,
): Promise<SocketAddress> {
  return bind(address, port).then(() => ({ host: address, port }), otherwise);
}
