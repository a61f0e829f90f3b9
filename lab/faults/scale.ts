/** Changes the number of replicas under load. */
import { deploymentReference } from '../cluster/cluster.ts';
import { endpointsMatch } from '../cluster/wait.ts';
import type { Fault } from './fault.ts';
import type { ScaleOptions } from './schemas.ts';

export const scale: Fault<ScaleOptions> = {
  kind: 'scale',
  describe: ({ deployment, replicas }) => `deployment: ${deployment}, replicas: ${replicas}`,
  async plan({ deployment, replicas }, { cluster }) {
    const before: number = (await cluster.get(deploymentReference(deployment))).spec.replicas ?? 1;
    return {
      target: deployment,
      inject: async () => void (await cluster.scale(deployment, replicas)),
      evidence: async () => {
        const { status } = await cluster.get(deploymentReference(deployment));
        const reached = (status?.readyReplicas ?? 0) === replicas && (status?.replicas ?? 0) === replicas;
        // What clients reach is what the endpoints say: a phase that measures the new size must not begin before.
        if (!reached || !(await endpointsMatch(cluster, deployment))) return undefined;
        return `${replicas} pods of ${deployment} are ready and are its endpoints`;
      },
      heal: async () => void (await cluster.scale(deployment, before)),
    };
  },
};
