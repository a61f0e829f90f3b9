/** Environment variables of a deployment, and the way back to what they were. */
import { type Cluster, deploymentReference } from './cluster.ts';

/** Sets variables of the deployment's first container; answers the way back, which restores the whole list. */
export async function setEnvironment(
  cluster: Cluster,
  deployment: string,
  variables: Record<string, string>,
): Promise<() => Promise<void>> {
  const reference = deploymentReference(deployment);
  const before = await cluster.get(reference);
  const containers: { name: string }[] = before.spec.template.spec.containers;
  const env = Object.entries(variables).map(([name, value]) => ({ name, value }));
  const patch = { spec: { template: { spec: { containers: [{ name: containers[0]!.name, env }] } } } };
  await cluster.patch(reference, patch, 'strategic');
  return async () => void (await cluster.patch(reference, { spec: { template: { spec: { containers } } } }, 'merge'));
}
