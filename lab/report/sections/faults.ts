/** What was broken, what shows that it was, and what followed when. */
import { REPAIRS } from '../../checks/timeline.ts';
import { type Block, heading, paragraph, table, tableIfAny } from '../blocks.ts';
import { formatCount, formatMs, formatSeconds, NONE } from '../format.ts';
import type { FaultModel, ReportModel } from '../model.ts';
import { stepsChart } from '../svg/steps.ts';

export function faultsSection(model: ReportModel): Block[] {
  if (model.faults.length === 0) return [];
  return [heading(2, 'Faults'), ...model.faults.flatMap((fault, index) => faultBlocks(fault, index))];
}

function healing({ kind, healedAt }: FaultModel): string {
  if (REPAIRS.has(kind)) return 'which puts an end to an earlier fault';
  return healedAt === null ? 'which the cluster heals by itself' : `healed at ${formatSeconds(healedAt)}`;
}

function faultBlocks(fault: FaultModel, index: number): Block[] {
  const { recovery } = fault;
  const slow =
    recovery.slowAboveMs === null
      ? ''
      : ` Slow means above ${formatMs(recovery.slowAboveMs)}, from the time before the fault.`;
  return [
    heading(3, `F${index + 1}: ${fault.kind} on ${fault.target}`),
    paragraph(
      `In phase ${fault.phase} at ${formatSeconds(fault.startedAt)} (planned for ${formatSeconds(fault.plannedAt)}; \`${fault.selector}\`), ${healing(fault)}.${fault.error === null ? '' : ` **It failed:** ${fault.error}`}`,
    ),
    ...evidenceBlocks(fault),
    paragraph(
      `${recovery.words} ${formatCount(recovery.disturbedRequests)} requests failed or were slow because of it.${slow}`,
    ),
    table(
      'Seconds after the fault, from the cluster’s own events and the clients’ requests, beside what the cluster’s settings predict.',
      ['Step', '>Measured', '>Predicted', 'As predicted', 'Prediction'],
      fault.timeline.map(({ step, seconds, predicted, asPredicted }) => [
        step,
        seconds === null ? 'not seen' : formatSeconds(seconds),
        predicted ? `${formatSeconds(predicted.low)} – ${formatSeconds(predicted.high)}` : NONE,
        asPredicted === null ? NONE : asPredicted ? 'yes' : 'no',
        predicted?.because ?? NONE,
      ]),
    ),
    ...stepsChart(fault, `fault-${index + 1}.svg`),
  ];
}

function evidenceBlocks(fault: FaultModel): Block[] {
  if (fault.evidence.length === 0)
    return [paragraph('**Nothing shows that the fault took effect.** The run proves nothing about it.')];
  return tableIfAny(
    'What shows that the fault took effect.',
    ['Seen at', 'Evidence'],
    fault.evidence.map(({ at, what }) => [formatSeconds(at), what]),
  );
}
