/** Sets environment variables of a deployment, which replaces its pods by a rolling update. */
import { deploymentReference } from '../cluster/cluster.ts';
import { setEnvironment } from '../cluster/environment-variables.ts';
import type { Fault } from './fault.ts';
import { rolloutEvidence } from './rollout.ts';
import type { EnvironmentOptions } from './schemas.ts';

export const setEnv: Fault<EnvironmentOptions> = {
  kind: 'set-env',
  describe: ({ deployment, env }) =>
    `deployment: ${deployment}, ${Object.entries(env)
      .map(([name, value]) => `${name}=${value}`)
      .join(', ')}`,
  async plan({ deployment, env }, { cluster }) {
    const before = await cluster.get(deploymentReference(deployment));
    let restore = async (): Promise<void> => {};
    return {
      target: deployment,
      inject: async () => {
        restore = await setEnvironment(cluster, deployment, env);
      },
      evidence: () => rolloutEvidence(cluster, deployment, before.metadata.generation ?? 0),
      heal: () => restore(),
    };
  },
};
