/** Replaces all pods of a deployment by a rolling update, as `kubectl rollout restart` does. */
import { deploymentReference } from '../cluster/cluster.ts';
import type { Fault } from './fault.ts';
import { rolloutEvidence } from './rollout.ts';
import type { DeploymentSelection } from './schemas.ts';

export const restartDeployment: Fault<DeploymentSelection> = {
  kind: 'restart-deployment',
  describe: (selection) => `deployment: ${selection.deployment}`,
  async plan({ deployment }, { cluster }) {
    const before = await cluster.get(deploymentReference(deployment));
    const annotations = { 'kubectl.kubernetes.io/restartedAt': new Date().toISOString() };
    return {
      target: deployment,
      inject: async () =>
        void (await cluster.patch(deploymentReference(deployment), {
          spec: { template: { metadata: { annotations } } },
        })),
      evidence: () => rolloutEvidence(cluster, deployment, before.metadata.generation ?? 0),
      heal: null,
    };
  },
};
