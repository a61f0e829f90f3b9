/** Makes one pod answer slower than the others for a while. */
import { choosePod } from './choose.ts';
import type { Fault } from './fault.ts';
import { answerMs, askPod } from './pod-hook.ts';
import type { SlowOptions } from './schemas.ts';

export const slowPod: Fault<SlowOptions> = {
  kind: 'slow-pod',
  describe: ({ app, delayMs, forMs }) => `app: ${app}, delayMs: ${delayMs}, forMs: ${forMs}`,
  async plan({ app, delayMs, forMs }, context) {
    const pod = await choosePod({ app }, context);
    const name = pod.metadata.name;
    let before = Number.NaN;
    return {
      target: name,
      inject: async () => {
        before = await answerMs(context.cluster, pod);
        await askPod(context.cluster, pod, { delayMs, forMs });
      },
      evidence: async () => {
        const tookMs = await answerMs(context.cluster, pod);
        if (tookMs < delayMs || tookMs < before + delayMs / 2) return undefined;
        return `${name} took ${Math.round(tookMs)} ms for a health check, before ${Math.round(before)} ms`;
      },
      // A pod that is gone has taken its slowness along.
      heal: () => askPod(context.cluster, pod, { delayMs: 0 }).catch(() => undefined),
    };
  },
};
