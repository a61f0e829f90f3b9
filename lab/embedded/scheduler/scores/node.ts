/** Preferences about the node itself: taints that only discourage, and preferred node affinity. */
import { matchesNodeTerm } from '../../controllers/shared/node-selector.ts';
import { tolerates } from '../../controllers/shared/tolerations.ts';
import { normalize } from './score.ts';
import type { Score } from './score.ts';

export const taintPreference: Score = {
  name: 'TaintToleration',
  weight: 3,
  rate(pod, nodes) {
    const tolerations = pod.spec!.tolerations ?? [];
    const discouraging = nodes.map(({ node }) => {
      const taints = (node.spec?.taints ?? []).filter(({ effect }) => effect === 'PreferNoSchedule');
      return taints.filter((taint) => !tolerations.some((toleration) => tolerates(toleration, taint))).length;
    });
    return normalize(discouraging, { reverse: true });
  },
};

export const nodeAffinityPreference: Score = {
  name: 'NodeAffinity',
  weight: 2,
  rate(pod, nodes) {
    const preferred = pod.spec!.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    const weights = nodes.map(({ node }) =>
      preferred.reduce((sum, { weight, preference }) => sum + (matchesNodeTerm(preference, node) ? weight : 0), 0),
    );
    return normalize(weights);
  },
};
