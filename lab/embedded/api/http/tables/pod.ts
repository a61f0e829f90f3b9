import { age } from './duration.ts';
import { NONE } from './format.ts';
import { podSummary } from './pod-summary.ts';
import { AGE, column, NAME, wideColumn } from './printer.ts';
import type { Printer } from './printer.ts';

const COMPLETED: Readonly<Record<string, string>> = {
  Succeeded: 'The pod has completed successfully.',
  Failed: 'The pod failed.',
};

export const pod: Printer<'pods'> = {
  columns: [
    NAME,
    column('Ready'),
    column('Status'),
    column('Restarts'),
    AGE,
    wideColumn('IP'),
    wideColumn('Node'),
    wideColumn('Nominated Node'),
    wideColumn('Readiness Gates'),
  ],
  cells: (pod, now) => {
    const { ready, total, status, restarts, lastRestart } = podSummary(pod);
    const ago = restarts > 0 && lastRestart !== undefined ? ` (${age(lastRestart, now)} ago)` : '';
    return [
      pod.metadata.name,
      `${ready}/${total}`,
      status,
      `${restarts}${ago}`,
      age(pod.metadata.creationTimestamp, now),
      pod.status?.podIP || NONE,
      pod.spec?.nodeName || NONE,
      pod.status?.nominatedNodeName || NONE,
      readinessGates(pod),
    ];
  },
  conditions: ({ status }) => {
    const message = COMPLETED[status?.phase ?? ''];
    return message === undefined ? [] : [{ type: 'Completed', status: 'True', reason: status!.phase, message }];
  },
};

function readinessGates({ spec, status }: Parameters<typeof pod.cells>[0]): string {
  const gates = spec?.readinessGates ?? [];
  if (gates.length === 0) return NONE;
  const met = gates.filter(({ conditionType }) =>
    status?.conditions?.some(({ type, status }) => type === conditionType && status === 'True'),
  );
  return `${met.length}/${gates.length}`;
}
