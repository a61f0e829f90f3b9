/** The answer to the scenario's question in a few words, put together from what was measured. */
import { formatCount, formatPercent, formatSeconds, plural } from './format.ts';
import type { FaultModel, LedgerModel, PhaseModel, ReportModel } from './model.ts';

const OPENINGS = {
  pass: 'As expected',
  fail: 'Not as expected',
  unknown: 'This run cannot say',
};

/** `answer` of the model itself is not read. */
export function answer(model: ReportModel): string {
  const kept = model.expectations.filter(({ outcome }) => outcome === 'pass').length;
  const expectations = `${kept} of ${plural(model.expectations.length, 'expectation')} held`;
  const because = model.outcome === 'unknown' && model.reasons[0] ? ` (${model.reasons[0]})` : '';
  const facts = [
    ...requestFacts(model),
    ...spreadFacts(model),
    ...model.phases.flatMap(pipelineFacts),
    ...new Set(model.faults.flatMap(faultFacts)),
    ...ledgerFacts(model.ledger),
  ];
  return [`${OPENINGS[model.outcome]}${because}: ${expectations}.`, ...facts].join(' ');
}

function requestFacts(model: ReportModel): string[] {
  const total = model.metrics['overall.requests.total'];
  const ok = model.metrics['overall.requests.ok'];
  if (typeof total !== 'number' || typeof ok !== 'number' || total === 0) return [];
  return [`${formatCount(ok)} of ${plural(total, 'request')} succeeded (${formatPercent(ok / total)}).`];
}

function spreadFacts(model: ReportModel): string[] {
  return model.phases.flatMap(({ name, loads }) => {
    const distribution = loads[0]?.measured.distribution;
    if (loads.length !== 1 || !distribution?.pods.verdict) return [];
    const { pods, nodes } = distribution;
    const overNodes = nodes.verdict ? `, over nodes ${nodes.verdict}` : '';
    return [`In phase ${name} the load over ${plural(pods.shares.length, 'pod')} was ${pods.verdict}${overNodes}.`];
  });
}

function pipelineFacts({ name, pipeline }: PhaseModel): string[] {
  if (!pipeline || pipeline.agree === null) return [];
  const stored = formatCount(pipeline.acknowledged - pipeline.duplicates);
  return [
    pipeline.agree
      ? `In phase ${name} log-generator, log-processor, database and stats-display all count ${stored} logs.`
      : `In phase ${name} the four counts of log-generator’s logs differ.`,
  ];
}

/** Nothing about a fault that could not be done, or that no request followed: there was nobody to notice it. */
function faultFacts({ kind, target, error, recovery }: FaultModel): string[] {
  if (error !== null) return [];
  if (recovery.seconds === 0) return [`No client noticed ${kind} on ${target}.`];
  if (recovery.seconds === null) {
    return recovery.disturbedRequests === 0
      ? []
      : [`After ${kind} on ${target}, clients had not yet recovered when the next fault came or the record ended.`];
  }
  return [
    `After ${kind} on ${target}, clients had recovered in ${formatSeconds(recovery.seconds)} with ${plural(recovery.disturbedRequests, 'request')} disturbed.`,
  ];
}

function ledgerFacts(ledger: LedgerModel | null): string[] {
  if (!ledger || ledger.acknowledged === 0) return [];
  return [
    ledger.lost + ledger.duplicated === 0
      ? `Every one of ${plural(ledger.acknowledged, 'acknowledged log')} is stored exactly once.`
      : `Of ${plural(ledger.acknowledged, 'acknowledged log')}, ${formatCount(ledger.lost)} are lost and ${formatCount(ledger.duplicated)} are stored more than once.`,
  ];
}
