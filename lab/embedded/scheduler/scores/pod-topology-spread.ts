/** Preference for even spreading. Pods without constraints of their own are spread with others of the same kind. */
import type { TopologySpreadConstraint } from 'kubernetes-types/core/v1.js';
import type { LabelSelector } from 'kubernetes-types/meta/v1.js';
import { matchLabelSelector } from '../../api/selectors/labels.ts';
import { controllerOf } from '../../controllers/shared/owners.ts';
import type { StoredPod } from '../../controllers/shared/pods.ts';
import type { Cluster } from '../cluster.ts';
import { countSpread } from '../topology-spread.ts';
import { MAX_SCORE } from './score.ts';
import type { Score } from './score.ts';

export const spreadPreference: Score = {
  name: 'PodTopologySpread',
  weight: 2,
  rate(pod, nodes, cluster) {
    const own = pod.spec!.topologySpreadConstraints ?? [];
    const soft = own.filter(({ whenUnsatisfiable }) => whenUnsatisfiable === 'ScheduleAnyway');
    const constraints = own.length > 0 ? soft : defaultConstraints(pod, cluster);
    if (constraints.length === 0) return nodes.map(() => 0);
    const counts = countSpread(pod, constraints, cluster, { allKeys: own.length > 0 });
    const raw = nodes.map(({ labels }) =>
      counts.reduce((sum, { constraint, podsByDomain }) => {
        const domain = labels[constraint.topologyKey];
        if (domain === undefined) return sum;
        // A pod weighs more where there are many domains: they cannot all differ by little.
        const weight = Math.log(podsByDomain.size + 2);
        return sum + (podsByDomain.get(domain) ?? 0) * weight + constraint.maxSkew - 1;
      }, 0),
    );
    return fewestIsBest(raw);
  },
};

function fewestIsBest(values: number[]): number[] {
  const largest = Math.max(...values);
  const smallest = Math.min(...values);
  return values.map((value) => (largest === 0 ? MAX_SCORE : (MAX_SCORE * (largest + smallest - value)) / largest));
}

/** kube-scheduler's defaults for pods that a controller or Service holds together. */
function defaultConstraints(pod: StoredPod, cluster: Cluster): TopologySpreadConstraint[] {
  const labelSelector = groupSelector(pod, cluster);
  if (!labelSelector) return [];
  return [
    { topologyKey: 'kubernetes.io/hostname', maxSkew: 3, whenUnsatisfiable: 'ScheduleAnyway', labelSelector },
    { topologyKey: 'topology.kubernetes.io/zone', maxSkew: 5, whenUnsatisfiable: 'ScheduleAnyway', labelSelector },
  ];
}

function groupSelector(pod: StoredPod, { client }: Cluster): LabelSelector | undefined {
  const { namespace, labels } = pod.metadata;
  const selectors: LabelSelector[] = client
    .list('services', { namespace })
    .flatMap(({ spec }) => (spec?.selector ? [{ matchLabels: spec.selector }] : []))
    .filter((selector) => matchLabelSelector(selector)(labels));
  const owner = controllerOf(pod);
  if (owner?.kind === 'ReplicaSet' || owner?.kind === 'StatefulSet') {
    const plural = owner.kind === 'ReplicaSet' ? 'replicasets' : 'statefulsets';
    const selector = client.find(plural, namespace, owner.name)?.spec?.selector;
    if (selector) selectors.push(selector);
  }
  if (selectors.length === 0) return undefined;
  return {
    matchLabels: Object.assign({}, ...selectors.map(({ matchLabels }) => matchLabels)) as Record<string, string>,
    matchExpressions: selectors.flatMap(({ matchExpressions = [] }) => matchExpressions),
  };
}
