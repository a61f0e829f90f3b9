/** From a target's name to an address that can be reached from here. */
import type { Cluster } from '../cluster/cluster.ts';
import { APP_LABEL, NAMESPACE, type KubeObject } from '../cluster/objects.ts';
import { LabError } from '../exit-codes.ts';

export interface ResolvedTarget {
  host: string;
  port: number;
  hostHeader: string;
  app: string;
  balancing: 'per-connection' | 'per-request';
  /** How the address was found, for people. */
  via: string;
}

/** Throws LabError when the target does not exist or has no address that can be reached from outside the cluster. */
export async function resolveTarget(cluster: Cluster, target: string): Promise<ResolvedTarget> {
  const [kind, ...rest] = target.split('/');
  return kind === 'ingress' ? resolveIngress(cluster, `/${rest.join('/')}`) : resolveService(cluster, rest.join('/'));
}

/** The Service's own load balancer address, or that of a LoadBalancer Service for the same pods; else a node port. */
async function resolveService(cluster: Cluster, name: string): Promise<ResolvedTarget> {
  const services = await cluster.list('v1', 'Service', { namespace: NAMESPACE });
  const service = services.find((candidate) => candidate.metadata.name === name);
  if (service === undefined) throw new LabError(`there is no Service "${name}" in ${NAMESPACE}`);
  const same = services.filter((candidate) => selectorOf(candidate) === selectorOf(service));
  const app = String(service.spec.selector?.[APP_LABEL] ?? name);
  for (const candidate of [service, ...same]) {
    const ip: string | undefined = candidate.status?.loadBalancer?.ingress?.[0]?.ip;
    if (ip === undefined) continue;
    const port: number = candidate.spec.ports[0].port;
    return target(ip, port, app, `LoadBalancer address of Service ${candidate.metadata.name}`);
  }
  const nodePort: number | undefined = same.map((candidate) => candidate.spec.ports[0]?.nodePort).find(Boolean);
  if (nodePort !== undefined) return target(await nodeAddress(cluster), nodePort, app, `node port ${nodePort}`);
  throw new LabError(`Service "${name}" has neither a load balancer address nor a node port`);
}

function target(host: string, port: number, app: string, via: string): ResolvedTarget {
  return { host, port, hostHeader: `${host}:${port}`, app, balancing: 'per-connection', via };
}

function selectorOf(service: KubeObject): string {
  return JSON.stringify(Object.entries<string>(service.spec.selector ?? {}).toSorted(([a], [b]) => a.localeCompare(b)));
}

async function nodeAddress(cluster: Cluster): Promise<string> {
  const nodes = await cluster.list('v1', 'Node');
  const worker = nodes.find((node) => node.metadata.labels?.['node-role.kubernetes.io/control-plane'] === undefined);
  const addresses: { type: string; address: string }[] = worker?.status?.addresses ?? [];
  const address = addresses.find((entry) => entry.type === 'InternalIP')?.address;
  if (address === undefined) throw new LabError('no worker has an address');
  return address;
}

/** The rule whose path the request falls under; its host goes into the Host header, so that no name needs to resolve. */
async function resolveIngress(cluster: Cluster, path: string): Promise<ResolvedTarget> {
  const ingresses = await cluster.list('networking.k8s.io/v1', 'Ingress', { namespace: NAMESPACE });
  for (const ingress of ingresses) {
    for (const rule of ingress.spec.rules ?? []) {
      const match = (rule.http?.paths ?? []).find(
        (entry: { path: string }) => path === entry.path || path.startsWith(`${entry.path}/`),
      );
      if (match === undefined) continue;
      const address = ingress.status?.loadBalancer?.ingress?.[0];
      if (address?.ip === undefined) throw new LabError(`Ingress ${ingress.metadata.name} has no address yet`);
      return {
        host: address.ip,
        port: address.ports?.[0]?.port ?? 80,
        hostHeader: rule.host,
        app: match.backend.service.name,
        balancing: 'per-request',
        via: `Ingress ${ingress.metadata.name}, host ${rule.host}`,
      };
    }
  }
  throw new LabError(`no Ingress in ${NAMESPACE} has a rule for ${path}`);
}
