/** Ends a container's process at once, as SIGKILL or a crash does: nothing drains, and the kubelet starts it again in place. */
import { NAMESPACE, type KubeObject } from '../cluster/objects.ts';
import { choosePod } from './choose.ts';
import type { Fault } from './fault.ts';
import { askPod } from './pod-hook.ts';
import type { PodSelection } from './schemas.ts';

export const killContainer: Fault<PodSelection> = {
  kind: 'kill-container',
  describe: (selection) => `app: ${selection.app}`,
  async plan(selection, context) {
    const pod = await choosePod(selection, context);
    const reference = { apiVersion: 'v1', kind: 'Pod', namespace: NAMESPACE, name: pod.metadata.name };
    return {
      target: pod.metadata.name,
      inject: () => askPod(context.cluster, pod, { crash: true }),
      evidence: async () => {
        const now = await context.cluster.get(reference);
        const count = restarts(now);
        if (count <= restarts(pod)) return undefined;
        const exit: number | undefined = now.status.containerStatuses[0].lastState?.terminated?.exitCode;
        return `the container of ${pod.metadata.name} ended${exit === undefined ? '' : ` with exit code ${exit}`}; restart count is ${count}`;
      },
      heal: null,
    };
  },
};

function restarts(pod: KubeObject): number {
  return (pod.status?.containerStatuses?.[0]?.restartCount as number | undefined) ?? 0;
}
