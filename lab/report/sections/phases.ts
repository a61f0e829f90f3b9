/** What each phase's loads did, and how it went over time. */
import { type Block, heading, paragraph, table, tableIfAny } from '../blocks.ts';
import { samplesNeeded } from '../../checks/latency.ts';
import { formatCount, formatMs, formatPercent, formatRate, formatSeconds, NONE, plural } from '../format.ts';
import type { LatencyModel, LoadModel, MeasurementsModel, PhaseModel, ReportModel } from '../model.ts';
import { timelineChart } from '../svg/timeline.ts';
import { distributionBlocks } from './distribution.ts';
import { pipelineBlocks } from './pipeline.ts';

export function overviewSection(model: ReportModel): Block[] {
  const chart = timelineChart(model);
  return [
    heading(2, 'Over time'),
    ...(chart ? [chart] : [paragraph('No request was made.')]),
    ...tableIfAny(
      'When each phase ran, in seconds since the run began, and with how many ready pods.',
      ['Phase', '>From', '>To', '>Ready pods at start', '>at end', 'Faults'],
      model.phases.map((phase) => [
        phase.name,
        formatSeconds(phase.startedAt),
        formatSeconds(phase.endedAt),
        formatCount(phase.podsAtStart.filter(({ ready }) => ready).length),
        formatCount(phase.podsAtEnd.filter(({ ready }) => ready).length),
        model.faults
          .filter((fault) => fault.phase === phase.name)
          .map(({ kind, target }) => `${kind} ${target}`)
          .join(', ') || NONE,
      ]),
    ),
  ];
}

export function phaseSection(phase: PhaseModel): Block[] {
  if (phase.loads.length === 0 && !phase.pipeline) return [];
  return [
    heading(2, `Phase ${phase.name}`),
    ...phase.loads.flatMap((load) => loadBlocks(phase, load)),
    ...(phase.together
      ? [heading(3, 'All loads together'), requestTable([['all', phase.together]]), ...latencyBlocks(phase.together)]
      : []),
    ...(phase.pipeline ? pipelineBlocks(phase.pipeline) : []),
  ];
}

function loadBlocks(phase: PhaseModel, load: LoadModel): Block[] {
  return [
    ...(phase.loads.length > 1 ? [heading(3, `Load ${load.name}`)] : []),
    paragraph(describeLoad(load)),
    ...workerTable(load),
    requestTable([[load.name, load.measured]]),
    ...failureTable(load.measured),
    ...latencyBlocks(load.measured),
    ...distributionBlocks(phase, load),
  ];
}

const BALANCING = {
  'per-connection': 'A Service chooses a pod once per connection.',
  'per-request': 'The ingress chooses a pod for every request.',
  none: 'A port-forward leads to one pod; nothing chooses.',
};

/** The load in words: what was sent, how, and who chooses the pod. */
function describeLoad(load: LoadModel): string {
  const pace =
    load.driver === 'constant-rate'
      ? `${formatRate(load.ratePerSecond ?? 0)} at a constant rate (open loop: requests start when they are due, whether or not earlier ones have been answered)`
      : `as fast as ${plural(load.connections, 'connection')} allow (closed loop: each waits for its answer)`;
  const connections = load.keepAlive ? 'connections are kept' : 'each request opens a new connection';
  const from = load.workers.length > 0 ? ` from ${plural(load.workers.length, 'pod')} of the cluster` : '';
  return `\`${load.method} ${load.path}\` to \`${load.target}\`${from}, ${pace}; ${connections}. ${BALANCING[load.balancing]}`;
}

function workerTable({ workers }: LoadModel): Block[] {
  const first = Math.min(...workers.map(({ startedAt }) => startedAt ?? Infinity));
  return tableIfAny(
    'The pods that shared the load. Their times are corrected by what their clocks differ from the harness’s, and are no better than the uncertainty of that.',
    ['Pod', 'Node', '>Began after the first', '>Clock ahead', '>Uncertainty', '>Requests', '>Recorded', 'Ended'],
    workers.map(({ pod, node, startedAt, clock, made, recorded, error }) => [
      pod,
      node,
      startedAt === null ? NONE : formatMs((startedAt - first) * 1000),
      formatMs(clock.offsetMs),
      `± ${formatMs(clock.uncertaintyMs)}`,
      formatCount(made),
      formatCount(recorded),
      error ?? 'as asked',
    ]),
  );
}

function requestTable(rows: [name: string, measured: MeasurementsModel][]): Block {
  return table(
    'How the requests ended. Indeterminate ones may or may not have been executed; dropped ones were never sent.',
    ['Load', '>Requests', '>Ok', '>Failed', '>Indeterminate', '>Dropped', '>Success', '>Throughput', '>Connections'],
    rows.map(([name, { requests }]) => {
      if (!requests) return [name, ...Array.from({ length: 8 }, () => NONE)];
      const { total, ok, failed, indeterminate, dropped, connectionsOpened, durationSeconds } = requests;
      return [
        name,
        ...[total, ok, failed, indeterminate, dropped].map(formatCount),
        total > 0 ? formatPercent(ok / total) : NONE,
        durationSeconds > 0 ? formatRate(ok / durationSeconds) : NONE,
        formatCount(connectionsOpened),
      ];
    }),
  );
}

function failureTable({ requests }: MeasurementsModel): Block[] {
  if (!requests || requests.ok === requests.total) return [];
  const answers = Object.entries(requests.byStatus).filter(([status]) => !/^[02]/.test(status));
  return tableIfAny(
    'What went wrong: answers with an error status, and requests without an answer by the error the client saw.',
    ['Failure', '>Requests', '>Of all'],
    [...answers.map(([status, n]) => [`HTTP ${status}`, n] as const), ...Object.entries(requests.byError)].map(
      ([what, n]) => [what, formatCount(n), formatPercent(n / requests.total)],
    ),
  );
}

function latencyBlocks({ latency, serviceTime }: MeasurementsModel): Block[] {
  if (!latency || !serviceTime) return [];
  return [
    table(
      'Response time of successful requests counts from when a request was due, service time from when it was sent; they differ when the client was held up. In brackets: 95 % interval.',
      ['Percentile', '>Response time', '>Service time'],
      [
        ['mean', formatMs(latency.meanMs), formatMs(serviceTime.meanMs)],
        ...latency.percentiles.map((percentile, index) => [
          `p${+(percentile.probability * 100).toFixed(1)}`,
          percentileCell(latency, percentile),
          percentileCell(serviceTime, serviceTime.percentiles[index]!),
        ]),
        ['max', formatMs(latency.maxMs), formatMs(serviceTime.maxMs)],
      ],
    ),
  ];
}

function percentileCell({ samples }: LatencyModel, percentile: LatencyModel['percentiles'][number]): string {
  const needed = samplesNeeded(percentile.probability);
  if (samples < needed) return `${NONE} (takes ${formatCount(needed)} samples)`;
  const { interval, valueMs } = percentile;
  return interval ? `${formatMs(valueMs)} [${formatMs(interval.low)}, ${formatMs(interval.high)}]` : formatMs(valueMs);
}
