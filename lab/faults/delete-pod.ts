/** Deletes a pod politely, as `kubectl delete pod` does: it is told, drains and is replaced. */
import { NAMESPACE } from '../cluster/objects.ts';
import { choosePod } from './choose.ts';
import type { Fault } from './fault.ts';
import type { PodSelection } from './schemas.ts';

export const deletePod: Fault<PodSelection> = {
  kind: 'delete-pod',
  describe: (selection) => `app: ${selection.app}`,
  async plan(selection, context) {
    const pod = await choosePod(selection, context);
    const reference = { apiVersion: 'v1', kind: 'Pod', namespace: NAMESPACE, name: pod.metadata.name };
    return {
      target: pod.metadata.name,
      inject: async () => void (await context.cluster.remove(reference)),
      evidence: async () => {
        const now = await context.cluster.find(reference);
        if (now === undefined || now.metadata.uid !== pod.metadata.uid) return `pod ${pod.metadata.name} is gone`;
        return now.metadata.deletionTimestamp === undefined ? undefined : `pod ${pod.metadata.name} is terminating`;
      },
      heal: null,
    };
  },
};
