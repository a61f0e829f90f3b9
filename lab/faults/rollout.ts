/** Whether a rollout that a fault began has come to its end. */
import { deploymentReference, type Cluster } from '../cluster/cluster.ts';
import { endpointsMatch } from '../cluster/wait.ts';

/** A sentence once all replicas belong to a generation after `generation`, are ready, and are the Services' endpoints. */
export async function rolloutEvidence(
  cluster: Cluster,
  deployment: string,
  generation: number,
): Promise<string | undefined> {
  const { metadata, spec, status } = await cluster.get(deploymentReference(deployment));
  const current = metadata.generation ?? 0;
  if (current <= generation || status?.observedGeneration !== current) return undefined;
  const replicas: number = spec.replicas ?? 1;
  const counts = [status.updatedReplicas, status.readyReplicas, status.replicas].map((count) => count ?? 0);
  return counts.every((count) => count === replicas) && (await endpointsMatch(cluster, deployment))
    ? `all ${replicas} pods of ${deployment} are of generation ${current}`
    : undefined;
}
