/** Stops a pod from answering for a while: its connections stay open and hang, its health checks too. */
import { choosePod } from './choose.ts';
import type { Fault } from './fault.ts';
import { askPod } from './pod-hook.ts';
import type { PauseOptions } from './schemas.ts';

export const pausePod: Fault<PauseOptions> = {
  kind: 'pause-pod',
  describe: ({ app, forMs }) => `app: ${app}, forMs: ${forMs}`,
  async plan({ app, forMs }, context) {
    const pod = await choosePod({ app }, context);
    const name = pod.metadata.name;
    let tookMs = 0;
    return {
      target: name,
      // The pod answers when its pause is over: nothing is left to heal then.
      inject: async () => {
        const askedAt = performance.now();
        await askPod(context.cluster, pod, { pauseMs: forMs });
        tookMs = performance.now() - askedAt;
      },
      evidence: async () =>
        tookMs < forMs ? undefined : `${name} answered only when its pause was over, after ${Math.round(tookMs)} ms`,
      heal: null,
    };
  },
};
