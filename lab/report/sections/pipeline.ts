/** A run of log-generator: four counts that must be equal, and who stored the logs. */
import { type Block, heading, paragraph, table } from '../blocks.ts';
import { formatCount, formatNumber, formatP, formatPercent, NONE, plural } from '../format.ts';
import type { PipelineModel } from '../model.ts';

export function pipelineBlocks(pipeline: PipelineModel): Block[] {
  if (pipeline.error !== null) return [paragraph(`**log-generator gave no answer:** ${pipeline.error}`)];
  return [
    paragraph(describeRun(pipeline)),
    table(
      'The same logs counted in four places along their way. What was stored before is acknowledged again and stored once.',
      ['Who counted', 'What', '>Logs'],
      [
        ['log-generator', 'acknowledged as new', formatCount(pipeline.acknowledged - pipeline.duplicates)],
        ['log-processor', 'counted as stored by its pods', counted(pipeline.counted)],
        ['database', 'new rows', counted(pipeline.rows)],
        ['stats-display', 'growth of the total on its page', counted(pipeline.displayed)],
      ],
    ),
    paragraph(VERDICTS[String(pipeline.agree) as keyof typeof VERDICTS]),
    heading(3, 'Who stored the logs'),
    ...podBlocks(pipeline),
  ];
}

const VERDICTS = {
  true: '**All four are equal.**',
  false: '**They differ**: somewhere on the way logs were lost, stored twice, or miscounted.',
  null: 'One of the four could not be read.',
};

function describeRun({ sent, acknowledged, failed, indeterminate, retried, keepAlive }: PipelineModel): string {
  const connections =
    keepAlive === null ? 'its own setting of HTTP_KEEP_ALIVE' : `keep-alive ${keepAlive ? 'on' : 'off'}`;
  return `log-generator sent ${plural(sent, 'log')} (${connections}): ${formatCount(acknowledged)} acknowledged, ${formatCount(failed)} failed, ${formatCount(indeterminate)} indeterminate, ${plural(retried, 'attempt')} repeated.`;
}

function counted(count: number | null): string {
  return count === null ? NONE : formatCount(count);
}

function podBlocks({ pods, maxOverMean, pValue }: PipelineModel): Block[] {
  const total = pods.reduce((sum, { logs }) => sum + logs, 0);
  const shares = table(
    'Acknowledged logs by the pod that acknowledged them, of all pods that were ready.',
    ['Pod', '>Logs', '>Share'],
    pods.map(({ pod, logs }) => [pod, formatCount(logs), total > 0 ? formatPercent(logs / total) : NONE]),
  );
  if (maxOverMean === null || pValue === null) return [shares];
  return [
    shares,
    paragraph(
      `Max / mean ${formatNumber(maxOverMean)}; if each log had been a choice of its own, counts as uneven as these would come about with p = ${formatP(pValue)}. A tiny p means that the logs were not chosen one by one: few connections carried many of them.`,
    ),
  ];
}
