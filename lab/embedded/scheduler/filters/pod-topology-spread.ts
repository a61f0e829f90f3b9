/** Filter on even spreading: no domain may get more than maxSkew ahead of the emptiest. */
import { countSpread } from '../topology-spread.ts';
import type { SpreadCount } from '../topology-spread.ts';
import { reject, rejectFinally } from './filter.ts';
import type { Filter } from './filter.ts';

const MISMATCH = "node(s) didn't match pod topology spread constraints";

export const podTopologySpread: Filter = {
  name: 'PodTopologySpread',
  wakesOn: ['node-changed', 'pod-removed', 'pod-placed'],
  prepare(pod, cluster) {
    const constraints = pod.spec!.topologySpreadConstraints ?? [];
    const hard = constraints.filter(({ whenUnsatisfiable }) => whenUnsatisfiable === 'DoNotSchedule');
    const counts = countSpread(pod, hard, cluster).map((count) => ({ ...count, fewest: fewestPods(count) }));
    return ({ labels }) => {
      for (const { constraint, podsByDomain, self, fewest } of counts) {
        const domain = labels[constraint.topologyKey];
        if (domain === undefined) return rejectFinally(`${MISMATCH} (missing required label)`);
        const skew = (podsByDomain.get(domain) ?? 0) + self - fewest;
        if (skew > constraint.maxSkew) return reject(MISMATCH);
      }
      return undefined;
    };
  },
};

/** With fewer domains than minDomains, the missing ones count as empty. */
function fewestPods({ constraint, podsByDomain }: SpreadCount): number {
  if (podsByDomain.size < (constraint.minDomains ?? 1)) return 0;
  return Math.min(...podsByDomain.values());
}
