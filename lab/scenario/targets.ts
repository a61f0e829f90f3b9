/** From a target's name to an address that answers from here. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from '../cluster/cluster.ts';
import type { ForwardedPort } from '../cluster/forward.ts';
import { isServing, NAMESPACE, type KubeObject } from '../cluster/objects.ts';
import { ClusterError } from '../cluster/rest.ts';
import { LabError } from '../exit-codes.ts';
import type { Balancing } from '../history/history.ts';
import {
  clusterAddress,
  ingressDestination,
  serviceDestination,
  type Destination,
  type Entrance,
} from './entrances.ts';
import { probe, type Probed } from './probe.ts';

export interface ResolvedTarget {
  host: string;
  port: number;
  hostHeader: string;
  app: string;
  balancing: Balancing;
  /** Path that answers there, whatever the load asks for. */
  probePath: string;
  /** Whether connections from one address all go to one pod. */
  remembersClients: boolean;
  /** Whether the address is a port-forward of this process, and ends with it. */
  isForwarded: boolean;
  /** How the address was found and why no better one was taken, for people. */
  via: string;
}

const PROBE_PAUSE_MS = 200;
/** The best entrance is given so long to come up: what has just been deployed is not known everywhere at once. */
const PATIENCE_MS = 6000;
/** What a proxy answers for a backend that is away. */
const NOBODY_BEHIND = new Set([502, 503, 504]);

/** Each target is resolved once: what a fault does to an entrance must not make the rest of the run take another. */
export class Targets {
  readonly #cluster: Cluster;
  readonly #patienceMs: number;
  readonly #resolved = new Map<string, Promise<ResolvedTarget>>();
  readonly #forwarded: ForwardedPort[] = [];

  constructor(cluster: Cluster, { patienceMs = PATIENCE_MS } = {}) {
    this.#cluster = cluster;
    this.#patienceMs = patienceMs;
  }

  /** Throws LabError when the target does not exist or nothing answers for it. */
  async resolve(target: string): Promise<ResolvedTarget> {
    const known = this.#resolved.get(target) ?? this.#resolve(target);
    this.#resolved.set(target, known);
    return known;
  }

  /** The ClusterIP, which pods reach. Throws LabError when there is none. */
  async resolveForPods(target: string): Promise<ResolvedTarget> {
    const name = target.slice('service/'.length);
    const services = await this.#services();
    const { host, port } = clusterAddress(name, services);
    const { app, balancing, probePath, remembersClients } = serviceDestination(name, { services, nodes: [] });
    const via = `ClusterIP ${host} of Service ${name}`;
    const hostHeader = `${host}:${port}`;
    return { host, port, hostHeader, app, balancing, probePath, remembersClients, isForwarded: false, via };
  }

  /** Ends the port-forwards. */
  async close(): Promise<void> {
    await Promise.all(this.#forwarded.splice(0).map((forwarded) => forwarded.close()));
  }

  async #resolve(target: string): Promise<ResolvedTarget> {
    const destination = await this.#destination(target);
    const silent: string[] = [];
    for (const [index, entrance] of destination.entrances.entries()) {
      const patienceMs = index === 0 ? this.#patienceMs : 0;
      const address = await this.#addressOf(entrance);
      if (address !== undefined && (await answersWithin(patienceMs, address, destination))) {
        const { hostHeader = `${address.host}:${address.port}`, app, probePath, remembersClients } = destination;
        const isForwarded = 'forwardTo' in entrance;
        // Behind one pod of the ingress controller there still are all the others.
        const isBalanced = !isForwarded || destination.balancing === 'per-request';
        const balancing = isBalanced ? destination.balancing : 'none';
        const via = explain(entrance, isBalanced, silent);
        return { ...address, hostHeader, app, balancing, probePath, remembersClients, isForwarded, via };
      }
      silent.push(entrance.via);
    }
    const tried = silent.length === 0 ? 'it has no address yet' : `nothing answers at: ${silent.join(', ')}`;
    throw new LabError(`${target} cannot be reached: ${tried}`);
  }

  async #destination(target: string): Promise<Destination> {
    const [kind, ...rest] = target.split('/');
    const [services, nodes, ingresses] = await Promise.all([
      this.#services(),
      this.#cluster.list('v1', 'Node'),
      this.#cluster.list('networking.k8s.io/v1', 'Ingress', { namespace: NAMESPACE }),
    ]);
    const surroundings = { services, nodes };
    return kind === 'ingress'
      ? ingressDestination(`/${rest.join('/')}`, ingresses, surroundings)
      : serviceDestination(rest.join('/'), surroundings);
  }

  /** Of the whole cluster: an ingress controller's is elsewhere. Who may not see those has to do with the Ingress's address. */
  async #services(): Promise<KubeObject[]> {
    return this.#cluster.list('v1', 'Service').catch((error: unknown) => {
      if (error instanceof ClusterError && error.code === 403)
        return this.#cluster.list('v1', 'Service', { namespace: NAMESPACE });
      throw error;
    });
  }

  /** Undefined when there is no pod to forward to. */
  async #addressOf(entrance: Entrance): Promise<{ host: string; port: number } | undefined> {
    if ('host' in entrance) return { host: entrance.host, port: entrance.port };
    const forwarded = await this.#forward(entrance.forwardTo);
    return forwarded && { host: forwarded.host, port: forwarded.port };
  }

  async #forward({ metadata, spec }: KubeObject): Promise<ForwardedPort | undefined> {
    const labelSelector = Object.entries<string>(spec.selector ?? {})
      .map(([key, value]) => `${key}=${value}`)
      .join(',');
    const namespace = metadata.namespace!;
    const pod = (await this.#cluster.list('v1', 'Pod', { namespace, labelSelector })).find(isServing);
    if (pod === undefined) return undefined;
    const port = containerPort(pod, spec.ports[0]);
    const forwarded = await this.#cluster.forward(pod.metadata.name, port, namespace);
    this.#forwarded.push(forwarded);
    return forwarded;
  }
}

function containerPort(pod: KubeObject, { port, targetPort = port }: { port: number; targetPort?: number | string }) {
  if (typeof targetPort === 'number') return targetPort;
  const ports: { name?: string; containerPort: number }[] = pod.spec.containers.flatMap(
    (container: { ports?: object[] }) => container.ports ?? [],
  );
  return ports.find(({ name }) => name === targetPort)?.containerPort ?? port;
}

function explain(entrance: Entrance, isBalanced: boolean, silent: readonly string[]): string {
  const missing = silent.length === 0 ? '' : `; no answer from: ${silent.join(', ')}`;
  const note = isBalanced ? '' : ', so that one pod takes everything';
  return `${entrance.via}${note}${missing}`;
}

/** Asks at least once. */
async function answersWithin(
  limitMs: number,
  address: { host: string; port: number },
  destination: Destination,
): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  while (!(await isServedAt({ ...address, ...destination }))) {
    if (performance.now() >= deadline) return false;
    await delay(PROBE_PAUSE_MS);
  }
  return true;
}

/** Whether HTTP is spoken there and somebody stands behind it. */
async function isServedAt(place: Probed): Promise<boolean> {
  const answer = await probe(place);
  return answer !== undefined && !NOBODY_BEHIND.has(answer.status);
}
