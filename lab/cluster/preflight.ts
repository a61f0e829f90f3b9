/** What a cluster must offer before the lab is put on it: every finding at once, each with its way out. */
import type { Cluster } from './cluster.ts';
import { isConditionTrue, NAMESPACE, type KubeObject } from './objects.ts';
import { ClusterError } from './rest.ts';

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
  /** `VERB RESOURCE` that the user may not do: at all, and of what only draining a node takes. */
  denied: string[];
  deniedToDrain: string[];
  /** Whether Pod Security labels count; undefined when that could not be tried. */
  podSecurity: boolean | undefined;
}

/** Undefined stands for the cluster's default. */
export interface WantedClasses {
  ingressClass: string;
  storageClass: string | undefined;
}

const OLDEST_MINOR = 30;
const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';
const POD_SECURITY = 'pod-security.kubernetes.io/';

type Need = readonly [group: string, resource: string, verbs: readonly string[]];

/** Group and resource of what the lab looks at in its namespace, creates and removes, and the verbs it uses on each. */
const NEEDED: readonly Need[] = [
  ['', 'pods', ['list', 'watch', 'delete']],
  ['', 'pods/log', ['get']],
  ['', 'pods/proxy', ['get', 'create']],
  ['', 'pods/portforward', ['get', 'create']],
  ['', 'secrets', ['get', 'create', 'delete', 'list']],
  ['', 'services', ['get', 'list', 'create', 'patch', 'delete']],
  ['', 'persistentvolumeclaims', ['list', 'delete']],
  ['', 'events', ['list', 'watch']],
  ['apps', 'deployments', ['get', 'list', 'create', 'patch', 'delete']],
  ['apps', 'deployments/scale', ['get', 'patch']],
  ['apps', 'statefulsets', ['list', 'create', 'patch', 'delete']],
  ['batch', 'jobs', ['list', 'create', 'delete']],
  ['discovery.k8s.io', 'endpointslices', ['list', 'watch']],
  ['networking.k8s.io', 'ingresses', ['list', 'create', 'patch', 'delete']],
  ['networking.k8s.io', 'networkpolicies', ['list', 'create', 'patch', 'delete']],
  ['policy', 'poddisruptionbudgets', ['list', 'create', 'patch', 'delete']],
];

const NEEDED_IN_CLUSTER: readonly Need[] = [
  ['', 'namespaces', ['get', 'create', 'patch', 'delete']],
  ['', 'nodes', ['list', 'watch']],
  ['storage.k8s.io', 'storageclasses', ['list']],
  ['networking.k8s.io', 'ingressclasses', ['list']],
];

/** Only the scenarios that empty a node need it. */
const NEEDED_TO_DRAIN: readonly Need[] = [
  ['', 'nodes', ['get', 'patch']],
  ['', 'pods/eviction', ['create']],
];

/** Throws ClusterError or a connection error when the cluster cannot be reached or the user is not known there. */
export async function gatherFacts(cluster: Cluster): Promise<ClusterFacts> {
  const version = await cluster.version();
  const [nodes, storageClasses, ingressClasses, services, denied, deniedToDrain, podSecurity] = await Promise.all([
    visible(cluster, 'v1', 'Node'),
    visible(cluster, 'storage.k8s.io/v1', 'StorageClass'),
    visible(cluster, 'networking.k8s.io/v1', 'IngressClass'),
    visible(cluster, 'v1', 'Service'),
    Promise.all([deniedVerbs(cluster, NEEDED, NAMESPACE), deniedVerbs(cluster, NEEDED_IN_CLUSTER)]),
    deniedVerbs(cluster, NEEDED_TO_DRAIN),
    checksPodSecurity(cluster),
  ]);
  const loadBalancers = services.filter((service) => service.spec.type === 'LoadBalancer');
  const denials = { denied: denied.flat(), deniedToDrain };
  return { version, nodes, storageClasses, ingressClasses, loadBalancers, podSecurity, ...denials };
}

/** Nothing where the user may not look: the permissions tell. */
async function visible(cluster: Cluster, apiVersion: string, kind: string): Promise<KubeObject[]> {
  return cluster.list(apiVersion, kind).catch((error: unknown) => {
    if (error instanceof ClusterError && error.code === 403) return [];
    throw error;
  });
}

async function deniedVerbs(cluster: Cluster, needs: readonly Need[], namespace?: string): Promise<string[]> {
  const questions = needs.flatMap(([group, path, verbs]) => verbs.map((verb) => ({ group, path, verb })));
  const answers = await Promise.all(
    questions.map(async ({ group, path, verb }) => {
      const [resource, subresource] = path.split('/');
      return (await cluster.mayI({ group, resource, subresource, verb, namespace })) ? [] : [`${verb} ${path}`];
    }),
  );
  return answers.flat();
}

/**
 * Whether the API server holds namespaces to their Pod Security labels: the admission plug-in refuses a level that does not
 * exist, and without it the label is one like any other. A dry run: nothing is created. Undefined when the user may not try.
 */
async function checksPodSecurity(cluster: Cluster): Promise<boolean | undefined> {
  const labels = { [`${POD_SECURITY}enforce`]: 'no-such-level' };
  const probe = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: `${NAMESPACE}-preflight`, labels } };
  try {
    await cluster.create(probe, { dryRun: true });
    return false;
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    if (error.message.includes(POD_SECURITY)) return true;
    return undefined;
  }
}

/** Pure. */
export function judgeFacts(facts: ClusterFacts, wanted: WantedClasses): Finding[] {
  return [
    judgeVersion(facts.version),
    judgePermissions(facts),
    judgeNodes(facts.nodes),
    judgeStorage(facts.storageClasses, wanted.storageClass),
    judgeIngress(facts.ingressClasses, wanted.ingressClass),
    judgeLoadBalancers(facts.loadBalancers),
    judgePodSecurity(facts.podSecurity),
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

function judgePermissions({ denied, deniedToDrain }: ClusterFacts): Finding {
  if (denied.length > 0) {
    const fix = `ask for a role that allows this in namespace ${NAMESPACE}, and for nodes, namespaces and classes in the whole cluster`;
    return finding('permissions', 'missing', `not allowed: ${denied.join(', ')}`, fix);
  }
  if (deniedToDrain.length === 0) return finding('permissions', 'ok', 'everything the lab does is allowed');
  const detail = `not allowed: ${deniedToDrain.join(', ')}`;
  return finding('permissions', 'reduced', detail, 'ask for it: scenarios that drain a node cannot run');
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

function judgeStorage(classes: readonly KubeObject[], wanted: string | undefined): Finding {
  const names = classes.map((entry) => entry.metadata.name);
  if (names.length === 0) {
    const fix = 'install a provisioner such as local-path-provisioner';
    return finding('storage', 'missing', 'there is no StorageClass', fix);
  }
  if (wanted !== undefined) {
    if (names.includes(wanted)) return finding('storage', 'ok', `class ${wanted}`);
    const fix = `--storage-class takes one of ${names.join(', ')}`;
    return finding('storage', 'missing', `there is no StorageClass ${wanted}`, fix);
  }
  const fallback = classes.find((entry) => entry.metadata.annotations?.[DEFAULT_CLASS] === 'true');
  if (fallback !== undefined) return finding('storage', 'ok', `default class ${fallback.metadata.name}`);
  const fix = `name one with --storage-class, or: kubectl annotate storageclass ${names[0]} ${DEFAULT_CLASS}=true`;
  return finding('storage', 'missing', `no default among the classes ${names.join(', ')}`, fix);
}

function judgeIngress(classes: readonly KubeObject[], wanted: string): Finding {
  const names = classes.map((entry) => entry.metadata.name);
  if (names.includes(wanted)) return finding('ingress', 'ok', `class ${wanted}`);
  const without = 'scenarios that use the ingress cannot run without';
  if (names.length === 0) {
    const fix = `install a controller for class ${wanted}; ${without}`;
    return finding('ingress', 'reduced', 'there is no ingress class', fix);
  }
  const fix = `--ingress-class ${names[0]}, or install a controller for class ${wanted}; ${without}`;
  return finding('ingress', 'reduced', `no class ${wanted}, but ${names.join(', ')}`, fix);
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

function judgePodSecurity(checked: boolean | undefined): Finding {
  if (checked === true)
    return finding('pod security', 'ok', 'namespaces are held to their level; the lab keeps to restricted');
  const fix = "enable the PodSecurity admission plug-in; the lab's pods keep to restricted all the same";
  const detail = checked === false ? 'levels are not enforced' : 'it is not known whether levels are enforced';
  return finding('pod security', 'reduced', detail, fix);
}
