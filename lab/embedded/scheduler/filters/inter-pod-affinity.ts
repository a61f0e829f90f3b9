/** Filter on pods that the pod wants to be near to, or away from, and on those that want to be away from it. */
import type { PodAffinityTerm } from 'kubernetes-types/core/v1.js';
import type { StoredPod } from '../../controllers/shared/pods.ts';
import { meansPod } from '../affinity-terms.ts';
import type { Cluster, NodeInfo } from '../cluster.ts';
import { reject, rejectFinally } from './filter.ts';
import type { Filter } from './filter.ts';

export const interPodAffinity: Filter = {
  name: 'InterPodAffinity',
  wakesOn: ['node-changed', 'pod-removed', 'pod-placed'],
  prepare(pod, cluster) {
    const { podAffinity, podAntiAffinity } = pod.spec!.affinity ?? {};
    const near = domainsOf(pod, podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [], cluster);
    const away = domainsOf(pod, podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [], cluster);
    const shunned = shunnedDomains(pod, cluster);
    const isFirst = near.every(({ term, values }) => values.size === 0 && meansPod(cluster.client, pod, term, pod));
    return (node) => {
      if (!isNear(node, near, isFirst)) return rejectFinally("node(s) didn't match pod affinity rules");
      if (away.some(({ term, values }) => values.has(node.labels[term.topologyKey] ?? ''))) {
        return reject("node(s) didn't match pod anti-affinity rules");
      }
      if (shunned.some(({ key, value }) => node.labels[key] === value)) {
        return reject("node(s) didn't satisfy existing pods anti-affinity rules");
      }
      return undefined;
    };
  },
};

interface TermDomains {
  term: PodAffinityTerm;
  /** Values of the topology key on nodes that run a pod which the term means. */
  values: Set<string>;
}

function domainsOf(pod: StoredPod, terms: PodAffinityTerm[], { client, nodes }: Cluster): TermDomains[] {
  return terms.map((term) => {
    const matching = nodes.filter(({ pods }) => pods.some((other) => meansPod(client, pod, term, other)));
    return { term, values: new Set(matching.flatMap(({ labels }) => labels[term.topologyKey] ?? [])) };
  });
}

/** The first of a group of pods that want to be near each other has nobody to be near to: any domain will do. */
function isNear({ labels }: NodeInfo, near: TermDomains[], isFirst: boolean): boolean {
  return near.every(({ term, values }) => {
    const value = labels[term.topologyKey];
    return value !== undefined && (isFirst || values.has(value));
  });
}

/** Topology domains that running pods want to have without a pod like this one. */
function shunnedDomains(pod: StoredPod, { client, nodes }: Cluster): { key: string; value: string }[] {
  return nodes.flatMap(({ pods, labels }) =>
    pods.flatMap((other) => {
      const terms = other.spec!.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
      return terms
        .filter((term) => meansPod(client, other, term, pod))
        .flatMap(({ topologyKey: key }) => (labels[key] === undefined ? [] : [{ key, value: labels[key] }]));
    }),
  );
}
