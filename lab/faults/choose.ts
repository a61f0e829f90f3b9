/** Choosing what a fault hits, with the run's seeded randomness. */
import { appOf, isConditionTrue, isServing, type KubeObject } from '../cluster/objects.ts';
import { LabError } from '../exit-codes.ts';
import type { FaultContext } from './fault.ts';
import type { NodeSelection, PodSelection } from './schemas.ts';

/** Throws LabError when the list is empty. Sorted by name first: the API's order is not part of the seed. */
function pick(candidates: readonly KubeObject[], what: string, random: () => number): KubeObject {
  const sorted = candidates.toSorted((a, b) => a.metadata.name.localeCompare(b.metadata.name));
  const chosen = sorted[Math.floor(random() * sorted.length)];
  if (chosen === undefined) throw new LabError(`nothing to choose from: ${what}`);
  return chosen;
}

export async function chooseWorker(selection: NodeSelection, context: FaultContext): Promise<KubeObject> {
  const [nodes, pods] = await Promise.all([context.cluster.list('v1', 'Node'), context.cluster.pods()]);
  const workers = nodes.filter(
    (node) =>
      node.metadata.labels?.['node-role.kubernetes.io/control-plane'] === undefined && isConditionTrue(node, 'Ready'),
  );
  const hosts = (node: KubeObject, app: string): boolean =>
    pods.some((pod) => appOf(pod) === app && pod.spec.nodeName === node.metadata.name);
  const fits = (node: KubeObject): boolean => {
    if ('name' in selection) return node.metadata.name === selection.name;
    if ('worker-with' in selection) return hosts(node, selection['worker-with']);
    return !hosts(node, selection['worker-without']);
  };
  return pick(workers.filter(fits), `ready worker with ${describeNodeSelection(selection)}`, context.random);
}

export async function choosePod(selection: PodSelection, context: FaultContext): Promise<KubeObject> {
  const pods = await context.cluster.pods(selection.app);
  return pick(pods.filter(isServing), `ready pod of ${selection.app}`, context.random);
}

export function describeNodeSelection(selection: NodeSelection): string {
  return Object.entries(selection)
    .map(([key, value]) => `${key}: ${value}`)
    .join(', ');
}
