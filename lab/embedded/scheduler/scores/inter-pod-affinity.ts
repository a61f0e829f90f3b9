/** Preferences for being near to, or away from, other pods: the pod's own and those of the pods that run already. */
import type { Affinity, PodAffinityTerm, WeightedPodAffinityTerm } from 'kubernetes-types/core/v1.js';
import type { StoredPod } from '../../controllers/shared/pods.ts';
import { meansPod } from '../affinity-terms.ts';
import type { Cluster } from '../cluster.ts';
import { MAX_SCORE } from './score.ts';
import type { Score } from './score.ts';

/** How much it weighs that a running pod requires (and so has got) a pod like this one near it. */
const HARD_AFFINITY_WEIGHT = 1;

export const interPodAffinityPreference: Score = {
  name: 'InterPodAffinity',
  weight: 2,
  rate(pod, nodes, cluster) {
    const weights = domainWeights(pod, cluster);
    const raw = nodes.map(({ labels }) =>
      Object.entries(labels).reduce((sum, [key, value]) => sum + (weights.get(`${key}=${value}`) ?? 0), 0),
    );
    const smallest = Math.min(...raw);
    const range = Math.max(...raw) - smallest;
    return raw.map((value) => (range === 0 ? 0 : (MAX_SCORE * (value - smallest)) / range));
  },
};

/** Weight of each topology domain, by `key=value`. */
function domainWeights(pod: StoredPod, { client, nodes }: Cluster): Map<string, number> {
  const weights = new Map<string, number>();
  for (const { pods, labels } of nodes) {
    const add = ({ topologyKey }: PodAffinityTerm, weight: number): void => {
      const domain = `${topologyKey}=${labels[topologyKey]}`;
      if (labels[topologyKey] !== undefined) weights.set(domain, (weights.get(domain) ?? 0) + weight);
    };
    for (const other of pods) {
      for (const { term, weight } of preferences(pod.spec!.affinity)) {
        if (meansPod(client, pod, term, other)) add(term, weight);
      }
      for (const { term, weight } of [...preferences(other.spec!.affinity), ...requirements(other.spec!.affinity)]) {
        if (meansPod(client, other, term, pod)) add(term, weight);
      }
    }
  }
  return weights;
}

interface Preference {
  term: PodAffinityTerm;
  /** Below 0 for away from. */
  weight: number;
}

function preferences({ podAffinity, podAntiAffinity }: Affinity = {}): Preference[] {
  const signed =
    (sign: 1 | -1) =>
    ({ podAffinityTerm, weight }: WeightedPodAffinityTerm): Preference => ({
      term: podAffinityTerm,
      weight: sign * weight,
    });
  return [
    ...(podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(signed(1)),
    ...(podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(signed(-1)),
  ];
}

function requirements({ podAffinity }: Affinity = {}): Preference[] {
  const terms = podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  return terms.map((term) => ({ term, weight: HARD_AFFINITY_WEIGHT }));
}
