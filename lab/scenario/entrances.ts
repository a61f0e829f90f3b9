/** The ways into the cluster that may lead to a target, best first. Pure. */
import { APP_LABEL, NAMESPACE, type KubeObject } from '../cluster/objects.ts';
import { LabError } from '../exit-codes.ts';

/** An address, or a Service of which one pod is reached through a port-forward. */
export type Entrance = { via: string } & ({ host: string; port: number } | { forwardTo: KubeObject });

/** What leads to a target, whichever entrance is taken. */
export interface Destination {
  app: string;
  balancing: 'per-connection' | 'per-request';
  /** Undefined where the address itself serves. */
  hostHeader: string | undefined;
  /** Path that answers at the target. */
  probePath: string;
  /** Whether connections from one address all go to one pod. */
  remembersClients: boolean;
  entrances: Entrance[];
}

/** Services and nodes of the whole cluster. */
export interface Surroundings {
  services: readonly KubeObject[];
  nodes: readonly KubeObject[];
}

/** The Service's own load balancer address or node port, or those of another Service for the same pods. */
export function serviceDestination(name: string, { services, nodes }: Surroundings): Destination {
  const ours = services.filter(({ metadata }) => metadata.namespace === NAMESPACE);
  const service = ours.find((candidate) => candidate.metadata.name === name);
  if (service === undefined) throw new LabError(`there is no Service "${name}" in ${NAMESPACE}`);
  const others = ours.filter((candidate) => candidate !== service && selectorOf(candidate) === selectorOf(service));
  return {
    app: String(service.spec.selector?.[APP_LABEL] ?? name),
    balancing: 'per-connection',
    hostHeader: undefined,
    probePath: '/livez',
    remembersClients: [service, ...others].some(({ spec }) => spec.sessionAffinity === 'ClientIP'),
    entrances: entrancesOf([service, ...others], nodes),
  };
}

/** Where pods reach the Service itself. Throws LabError when there is none, or it has no address of its own. */
export function clusterAddress(name: string, services: readonly KubeObject[]): { host: string; port: number } {
  const service = services.find(({ metadata }) => metadata.namespace === NAMESPACE && metadata.name === name);
  const host: string | undefined = service?.spec.clusterIP;
  if (host === undefined || host === 'None')
    throw new LabError(`there is no Service "${name}" with a ClusterIP in ${NAMESPACE}`);
  return { host, port: httpPort(service!).port };
}

/**
 * By the rule whose path the request falls under; its host goes into the Host header, so that no name needs to resolve.
 * Behind the Ingress's own address stand those of the controller's Service: the one that hands out that address, or that
 * is labelled as a controller or selects what is.
 */
export function ingressDestination(
  path: string,
  ingresses: readonly KubeObject[],
  { services, nodes }: Surroundings,
): Destination {
  for (const ingress of ingresses) {
    for (const rule of ingress.spec.rules ?? []) {
      const paths: { path: string; backend: { service: { name: string } } }[] = rule.http?.paths ?? [];
      const match = paths.find((entry) => path === entry.path || path.startsWith(`${entry.path}/`));
      if (match === undefined) continue;
      const addresses: Address[] = ingress.status?.loadBalancer?.ingress ?? [];
      const own = addresses.map((address) => ({
        host: hostOf(address),
        port: address.ports?.[0]?.port ?? 80,
        via: `address of Ingress ${ingress.metadata.name}`,
      }));
      return {
        app: match.backend.service.name,
        balancing: 'per-request',
        hostHeader: rule.host,
        probePath: path,
        remembersClients: false,
        entrances: withoutRepeats([...own, ...entrancesOf(services.filter(isController(addresses)), nodes)]),
      };
    }
  }
  throw new LabError(`no Ingress in ${NAMESPACE} has a rule for ${path}`);
}

interface Address {
  ip?: string;
  hostname?: string;
  ports?: { port: number }[];
}

function entrancesOf(services: readonly KubeObject[], nodes: readonly KubeObject[]): Entrance[] {
  return [
    ...services.flatMap((service): Entrance[] => {
      const { port } = httpPort(service);
      const via = `LoadBalancer address of Service ${service.metadata.name}`;
      return addressesOf(service).map((address) => ({ host: hostOf(address), port, via }));
    }),
    ...services.flatMap((service): Entrance[] => {
      const { nodePort } = httpPort(service);
      if (nodePort === undefined) return [];
      return nodes.toSorted(byStability).flatMap((node) => {
        const host = internalAddress(node);
        return host === undefined
          ? []
          : [{ host, port: nodePort, via: `node port ${nodePort} of ${node.metadata.name}` }];
      });
    }),
    ...services
      .slice(0, 1)
      .map((service) => ({ forwardTo: service, via: `port-forward to a pod of Service ${service.metadata.name}` })),
  ];
}

/** The Ingress's address mostly is that of the controller's Service. */
function withoutRepeats(entrances: readonly Entrance[]): Entrance[] {
  const seen = new Set<string>();
  return entrances.filter((entrance) => {
    if (!('host' in entrance)) return true;
    const address = `${entrance.host}:${entrance.port}`;
    return !seen.has(address) && seen.add(address);
  });
}

function isController(ingressAddresses: readonly Address[]): (service: KubeObject) => boolean {
  const hosts = new Set(ingressAddresses.map(hostOf));
  return (service) => {
    const { 'app.kubernetes.io/component': component, 'app.kubernetes.io/name': name = '' } =
      (service.metadata.labels?.[APP_LABEL] === undefined ? service.spec.selector : service.metadata.labels) ?? {};
    const labelled = /ingress|traefik|haproxy|contour/.test(name) && (component ?? 'controller') === 'controller';
    const hasPort = (service.spec.ports ?? []).some(({ port }: { port: number }) => port === 80);
    return hasPort && (labelled || addressesOf(service).some((address) => hosts.has(hostOf(address))));
  };
}

/** The control plane first: scenarios switch off workers only. */
function byStability(a: KubeObject, b: KubeObject): number {
  const isWorker = ({ metadata }: KubeObject): number =>
    metadata.labels?.['node-role.kubernetes.io/control-plane'] === undefined ? 1 : 0;
  return isWorker(a) - isWorker(b);
}

function addressesOf(service: KubeObject): Address[] {
  return service.status?.loadBalancer?.ingress ?? [];
}

/** Clouds name their load balancers instead of giving an address. */
function hostOf({ ip, hostname }: Address): string {
  return ip ?? hostname ?? '';
}

function httpPort(service: KubeObject): { port: number; nodePort?: number } {
  const ports: { port: number; nodePort?: number; name?: string }[] = service.spec.ports;
  return ports.find(({ port }) => port === 80) ?? ports.find(({ name }) => name === 'http') ?? ports[0]!;
}

function internalAddress(node: KubeObject): string | undefined {
  const addresses: { type: string; address: string }[] = node.status?.addresses ?? [];
  return addresses.find(({ type }) => type === 'InternalIP')?.address;
}

function selectorOf(service: KubeObject): string {
  return JSON.stringify(Object.entries<string>(service.spec.selector ?? {}).toSorted(([a], [b]) => a.localeCompare(b)));
}
