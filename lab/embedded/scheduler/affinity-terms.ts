/** Terms of pod affinity and anti-affinity: which pods they mean. */
import type { PodAffinityTerm } from 'kubernetes-types/core/v1.js';
import type { LabelSelector, LabelSelectorRequirement } from 'kubernetes-types/meta/v1.js';
import type { ApiClient } from '../api/client.ts';
import { matchLabelSelector } from '../api/selectors/labels.ts';
import type { StoredPod } from '../controllers/shared/pods.ts';

/** kubernetes-types describes 1.30, where these two were new. */
type Term = PodAffinityTerm & { matchLabelKeys?: string[]; mismatchLabelKeys?: string[] };

/** Whether `other` is one of the pods that a term of `pod` means. */
export function meansPod(client: ApiClient, pod: StoredPod, term: Term, other: StoredPod): boolean {
  const selector = withLabelKeys(term.labelSelector, pod, term.matchLabelKeys, term.mismatchLabelKeys);
  return (
    isInNamespaces(client, pod, term, other.metadata.namespace!) && matchLabelSelector(selector)(other.metadata.labels)
  );
}

/** The selector, narrowed to pods that have the same (or other) values of some labels as `pod`. */
export function withLabelKeys(
  selector: LabelSelector | undefined,
  pod: StoredPod,
  matchLabelKeys: string[] = [],
  mismatchLabelKeys: string[] = [],
): LabelSelector | undefined {
  if (!selector) return undefined;
  const requirement =
    (operator: string) =>
    (key: string): LabelSelectorRequirement[] => {
      const value = pod.metadata.labels?.[key];
      return value === undefined ? [] : [{ key, operator, values: [value] }];
    };
  const added = [...matchLabelKeys.flatMap(requirement('In')), ...mismatchLabelKeys.flatMap(requirement('NotIn'))];
  return { ...selector, matchExpressions: [...(selector.matchExpressions ?? []), ...added] };
}

/** Without any namespaces named, the pod's own. */
function isInNamespaces(client: ApiClient, pod: StoredPod, term: Term, namespace: string): boolean {
  const { namespaces = [], namespaceSelector } = term;
  if (namespaces.length === 0 && !namespaceSelector) return namespace === pod.metadata.namespace;
  if (namespaces.includes(namespace)) return true;
  const labels = client.find('namespaces', undefined, namespace)?.metadata.labels;
  return matchLabelSelector(namespaceSelector)(labels);
}
