/** What a cluster must offer before the lab is put on it: every finding at once, each with its way out. */
import type { Cluster } from './cluster.ts';
import { isConditionTrue, NAMESPACE, type KubeObject } from './objects.ts';

export interface Finding {
  check: string;
  /** `missing` stops the lab from coming up; `reduced` lets it run with less. */
  verdict: 'ok' | 'reduced' | 'missing';
  detail: string;
  /** What to do about it; empty when all is well. */
  fix: string;
}

/** What the cluster said, gathered so that the judgement below is pure. */
export interface ClusterFacts {
  version: string;
  nodes: KubeObject[];
  storageClasses: KubeObject[];
  ingressClasses: KubeObject[];
  loadBalancers: KubeObject[];
  /** `VERB RESOURCE` that the user may not do. */
  denied: string[];
}

const OLDEST_MINOR = 30;
const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';

/** Group and resource of what the lab creates, and the verbs it uses on each. */
const NEEDED: readonly [group: string, resource: string, verbs: readonly string[]][] = [
  ['', 'namespaces', ['get', 'create', 'patch']],
  ['', 'nodes', ['list', 'watch']],
  ['', 'pods', ['list', 'watch', 'delete']],
  ['', 'pods/proxy', ['get']],
  ['', 'pods/portforward', ['create']],
  ['', 'secrets', ['get', 'create']],
  ['', 'services', ['list', 'patch', 'delete']],
  ['', 'events', ['list', 'watch']],
  ['apps', 'deployments', ['list', 'patch', 'delete']],
  ['apps', 'deployments/scale', ['patch']],
  ['apps', 'statefulsets', ['list', 'patch', 'delete']],
  ['discovery.k8s.io', 'endpointslices', ['list', 'watch']],
  ['networking.k8s.io', 'ingresses', ['list', 'patch', 'delete']],
  ['networking.k8s.io', 'networkpolicies', ['patch', 'delete']],
  ['policy', 'poddisruptionbudgets', ['patch', 'delete']],
];

/** Throws ClusterError or a connection error when the cluster cannot be reached or the user is not known there. */
export async function gatherFacts(cluster: Cluster): Promise<ClusterFacts> {
  const version = await cluster.version();
  const [nodes, storageClasses, ingressClasses, services, denied] = await Promise.all([
    cluster.list('v1', 'Node'),
    cluster.list('storage.k8s.io/v1', 'StorageClass'),
    cluster.list('networking.k8s.io/v1', 'IngressClass'),
    cluster.list('v1', 'Service'),
    deniedVerbs(cluster),
  ]);
  const loadBalancers = services.filter((service) => service.spec.type === 'LoadBalancer');
  return { version, nodes, storageClasses, ingressClasses, loadBalancers, denied };
}

async function deniedVerbs(cluster: Cluster): Promise<string[]> {
  const questions = NEEDED.flatMap(([group, path, verbs]) => verbs.map((verb) => ({ group, path, verb })));
  const answers = await Promise.all(
    questions.map(async ({ group, path, verb }) => {
      const [resource, subresource] = path.split('/');
      const attributes = { group, resource, verb, namespace: NAMESPACE, ...(subresource && { subresource }) };
      return (await cluster.mayI(attributes)) ? [] : [`${verb} ${path}`];
    }),
  );
  return answers.flat();
}

/** Pure. */
export function judgeFacts(facts: ClusterFacts, ingressClass: string): Finding[] {
  return [
    judgeVersion(facts.version),
    judgePermissions(facts.denied),
    judgeNodes(facts.nodes),
    judgeStorage(facts.storageClasses),
    judgeIngress(facts.ingressClasses, ingressClass),
    judgeLoadBalancers(facts.loadBalancers),
  ];
}

function finding(check: string, verdict: Finding['verdict'], detail: string, fix = ''): Finding {
  return { check, verdict, detail, fix };
}

function judgeVersion(version: string): Finding {
  const minor = Number(/^v1\.(\d+)/.exec(version)?.[1] ?? Number.NaN);
  if (minor >= OLDEST_MINOR) return finding('version', 'ok', version);
  return finding('version', 'missing', version, `use Kubernetes 1.${OLDEST_MINOR} or newer`);
}

function judgePermissions(denied: readonly string[]): Finding {
  if (denied.length === 0) return finding('permissions', 'ok', 'everything the lab does is allowed');
  const fix = `ask for a role that allows this in namespace ${NAMESPACE}, and nodes in the whole cluster`;
  return finding('permissions', 'missing', `not allowed: ${denied.join(', ')}`, fix);
}

export function takesPods(node: KubeObject): boolean {
  return (
    isConditionTrue(node, 'Ready') &&
    node.spec.unschedulable !== true &&
    !(node.spec.taints ?? []).some((taint: { effect: string }) => taint.effect !== 'PreferNoSchedule')
  );
}

function judgeNodes(nodes: readonly KubeObject[]): Finding {
  const usable = nodes.filter(takesPods);
  const names = usable.map((node) => node.metadata.name).join(', ');
  if (usable.length >= 2) return finding('nodes', 'ok', `${usable.length} take pods: ${names}`);
  if (usable.length === 1) {
    return finding('nodes', 'reduced', `only ${names} takes pods`, 'add a worker: spread and node loss need two');
  }
  return finding('nodes', 'missing', 'no node takes pods', 'add a worker, or take the taint off the control plane');
}

function judgeStorage(classes: readonly KubeObject[]): Finding {
  const fallback = classes.find((entry) => entry.metadata.annotations?.[DEFAULT_CLASS] === 'true');
  if (fallback !== undefined) return finding('storage', 'ok', `default class ${fallback.metadata.name}`);
  const names = classes.map((entry) => entry.metadata.name);
  if (names.length === 0) {
    return finding(
      'storage',
      'missing',
      'there is no StorageClass',
      'install a provisioner such as local-path-provisioner',
    );
  }
  const fix = `kubectl annotate storageclass ${names[0]} ${DEFAULT_CLASS}=true`;
  return finding('storage', 'missing', `no default among the classes ${names.join(', ')}`, fix);
}

function judgeIngress(classes: readonly KubeObject[], wanted: string): Finding {
  const names = classes.map((entry) => entry.metadata.name);
  if (names.includes(wanted)) return finding('ingress', 'ok', `class ${wanted}`);
  const have = names.length === 0 ? 'there is no ingress class' : `there is only ${names.join(', ')}`;
  return finding(
    'ingress',
    'reduced',
    have,
    `install a controller for class ${wanted}; scenarios that use the ingress cannot run`,
  );
}

function judgeLoadBalancers(services: readonly KubeObject[]): Finding {
  const served = services.find((service) => service.status?.loadBalancer?.ingress?.[0] !== undefined);
  if (served !== undefined) {
    return finding(
      'load balancer',
      'ok',
      `Service ${served.metadata.namespace}/${served.metadata.name} has an address`,
    );
  }
  const detail = 'no Service has an address yet, so it is not known whether any are handed out';
  return finding('load balancer', 'reduced', detail, 'without MetalLB or the like the lab uses node ports');
}
