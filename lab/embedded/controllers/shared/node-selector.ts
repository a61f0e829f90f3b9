/** Node selectors: the terms of node affinity, of pods as of volumes. */
import type { Node, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm } from 'kubernetes-types/core/v1.js';
import type { Stored } from '../../api/types.ts';

/** Whether any of the terms matches. */
export function matchesNodeSelector(selector: NodeSelector, node: Stored<Node>): boolean {
  return selector.nodeSelectorTerms.some((term) => matchesNodeTerm(term, node));
}

/** Whether all requirements of the term are met. An empty term matches no node. */
export function matchesNodeTerm(
  { matchExpressions = [], matchFields = [] }: NodeSelectorTerm,
  node: Stored<Node>,
): boolean {
  if (matchExpressions.length + matchFields.length === 0) return false;
  const fields = { 'metadata.name': node.metadata.name };
  return (
    matchExpressions.every((requirement) => isMet(requirement, node.metadata.labels ?? {})) &&
    matchFields.every((requirement) => isMet(requirement, fields))
  );
}

function isMet({ key, operator, values = [] }: NodeSelectorRequirement, labels: Record<string, string>): boolean {
  const value = labels[key];
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0]);
    default:
      throw new RangeError(`unknown node selector operator: ${operator}`);
  }
}
