/** How throughput changed from phase to phase, where closed loops make it comparable. */
import { type Block, heading, table } from '../blocks.ts';
import { formatCount, formatNumber, formatPercent, formatRate, NONE } from '../format.ts';
import type { PhaseModel, ReportModel } from '../model.ts';

/** Left out unless the number of pods changed or the scenario asks: phases with other loads are no comparison. */
export function scalingSection({ phases, expectations }: ReportModel): Block[] {
  const compared = phases.filter(({ scale }) => scale?.speedup);
  const sizes = new Set(phases.flatMap(({ scale }) => scale?.pods ?? []));
  const isAsked = expectations.some(({ metric }) => metric.includes('.scale.'));
  if (compared.length === 0 || (sizes.size === 1 && !isAsked)) return [];
  const bases = new Set(compared.map(({ scale }) => scale!.basePhase));
  return [
    heading(2, 'Throughput from phase to phase'),
    table(
      'Each phase against the first one with the same app. Efficiency is the speed-up over the growth in pods: 100 % is linear. The serial fraction (Karp-Flatt) is the part of the work that more pods would not speed up, if that were what holds them back.',
      ['Phase', '>Pods', '>Throughput', '>Per pod', '>Speed-up', '>Efficiency', '>Serial fraction'],
      phases.filter((phase) => bases.has(phase.name) || compared.includes(phase)).map(row),
    ),
  ];
}

function row({ name, scale }: PhaseModel): string[] {
  const { pods, perSecond, perPodPerSecond, speedup, efficiency, serialFraction } = scale!;
  return [
    name,
    formatCount(pods),
    formatRate(perSecond),
    perPodPerSecond === null ? NONE : formatRate(perPodPerSecond),
    speedup === null ? 'base' : formatNumber(speedup),
    efficiency === null ? NONE : formatPercent(efficiency),
    serialFraction === null ? NONE : formatNumber(serialFraction),
  ];
}
