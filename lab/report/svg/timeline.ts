/** Rate, errors and latency over the time of the run, with the phases and the faults marked. */
import type { Figure } from '../blocks.ts';
import { formatMs, plural } from '../format.ts';
import type { ReportModel, SeriesModel } from '../model.ts';
import { frame, line, linear, rect, round, type Scale, shorten, text, ticks, WIDTH } from './chart.ts';

const LEFT = 64;
const RIGHT = WIDTH - 16;
const PANEL = { height: 96, gap: 34, top: 62 };
const FILE = 'timeline.svg';

type Point = SeriesModel['points'][number];

/** Undefined when nothing was sent. */
export function timelineChart(model: ReportModel): Figure | undefined {
  const { series } = model;
  if (!series || series.points.length === 0) return undefined;
  const end = series.points.at(-1)!.atSeconds + series.stepSeconds;
  const x = linear([0, end], [LEFT, RIGHT]);
  const bottom = PANEL.top + 3 * PANEL.height + 2 * PANEL.gap;
  const title = 'Rate, errors and latency over time';
  const description = `${plural(model.phases.length, 'phase')}: ${model.phases.map(({ name }) => name).join(', ')}. ${faultWords(model)}`;
  const body = [
    ...phaseBands(model, x, bottom),
    ...panel(0, 'succeeded per second', ratePanel(series, x)),
    ...panel(1, 'failed (orange) and indeterminate (gold, on top) per second', errorPanel(series, x)),
    ...panel(2, 'response time: p50 (line), p99 (dashed)', latencyPanel(series, x)),
    ...ticks(end, 8)
      .filter((second) => second <= end)
      .map((second) => text(x(second), bottom + 18, `${second} s`, 'dim middle')),
    ...faultMarks(model, x, bottom),
  ];
  return {
    kind: 'figure',
    file: FILE,
    svg: frame(FILE, title, description, bottom + 30, body),
    alt: `${title}. ${description}`,
    caption: `Requests by when they should have been sent, in steps of ${series.stepSeconds} s. ${faultWords(model)}`,
  };
}

function faultWords(model: ReportModel): string {
  return model.faults.map(({ kind, target }, index) => `F${index + 1}: ${kind} on ${target}.`).join(' ');
}

function phaseBands(model: ReportModel, x: Scale, bottom: number): string[] {
  return model.phases.flatMap((phase, index) => {
    const from = x(phase.startedAt);
    const to = Math.min(RIGHT, x(phase.endedAt));
    const room = Math.floor((to - from) / 7);
    return [
      line(from, 14, from, bottom, 'grid'),
      ...(index === model.phases.length - 1 ? [line(to, 14, to, bottom, 'grid')] : []),
      // A name that does not fit would run into the next phase's.
      ...(room >= 3 ? [text((from + to) / 2, 20, shorten(phase.name, room), 'middle')] : []),
    ];
  });
}

/** Marks closer together than a label's width go to a second line of labels. */
function faultMarks(model: ReportModel, x: Scale, bottom: number): string[] {
  let previous = -Infinity;
  let raised = false;
  return model.faults.flatMap(({ startedAt }, index) => {
    const at = Math.min(RIGHT - 4, x(startedAt));
    raised = at - previous < 22 ? !raised : false;
    previous = at;
    const top = raised ? 44 : 32;
    return [line(at, top, at, bottom, 'fault'), text(at + 3, top + 4, `F${index + 1}`)];
  });
}

interface Panel {
  /** Nothing to draw: said in words, since an empty panel looks broken. */
  empty?: boolean;
  marks: { at: number; label: string }[];
  y: (value: number, top: number) => number;
  draw: (y: Scale, baseline: number) => string[];
}

function panel(index: number, title: string, { marks, y, draw, empty }: Panel): string[] {
  const top = PANEL.top + index * (PANEL.height + PANEL.gap);
  const baseline = top + PANEL.height;
  return [
    text(LEFT, top - 8, title, 'dim'),
    ...marks.flatMap(({ at, label }) => [
      line(LEFT, y(at, top), RIGHT, y(at, top), at === 0 ? 'axis' : 'grid'),
      text(LEFT - 6, y(at, top) + 4, label, 'dim end'),
    ]),
    ...(empty
      ? [text((LEFT + RIGHT) / 2, top + PANEL.height / 2, 'none', 'dim middle')]
      : draw((value) => y(value, top), baseline)),
  ];
}

function fromZero(maximum: number): Pick<Panel, 'marks' | 'y'> {
  const marks = ticks(maximum, 3);
  const highest = marks.at(-1)!;
  return {
    marks: marks.map((at) => ({ at, label: String(at) })),
    y: (value, top) => round(top + PANEL.height * (1 - value / highest)),
  };
}

function ratePanel({ points, stepSeconds }: SeriesModel, x: Scale): Panel {
  return {
    ...fromZero(Math.max(1, ...points.map(({ okPerSecond }) => okPerSecond))),
    draw: (y) => [
      path(points, x, (point) => (requested(point) ? y(point.okPerSecond) : null), stepSeconds, 'line blue'),
    ],
  };
}

function errorPanel({ points, stepSeconds }: SeriesModel, x: Scale): Panel {
  const most = Math.max(0, ...points.map((point) => point.failedPerSecond + point.indeterminatePerSecond));
  if (most === 0) return { marks: [], y: () => 0, draw: () => [], empty: true };
  return {
    ...fromZero(most),
    draw: (y, baseline) =>
      points.flatMap((point) => {
        const left = x(point.atSeconds);
        const width = Math.max(1, x(point.atSeconds + stepSeconds) - left);
        const failed = y(point.failedPerSecond);
        const all = y(point.failedPerSecond + point.indeterminatePerSecond);
        return [
          ...(point.failedPerSecond > 0 ? [rect(left, failed, width, baseline - failed, 'orange')] : []),
          ...(point.indeterminatePerSecond > 0 ? [rect(left, all, width, failed - all, 'gold')] : []),
        ];
      }),
  };
}

/** Between phases there is no rate, rather than one of zero. */
function requested(point: Point): boolean {
  return point.okPerSecond + point.failedPerSecond + point.indeterminatePerSecond > 0;
}

/** Logarithmic, since a fault makes latencies grow a hundredfold. */
function latencyPanel({ points, stepSeconds }: SeriesModel, x: Scale): Panel {
  const values = points
    .flatMap(({ p50Ms, p99Ms }) => [p50Ms, p99Ms])
    .filter((value) => value !== null && value > 0) as number[];
  const lowest = Math.floor(Math.log10(Math.min(1, ...values) * 1.0001));
  const highest = Math.max(lowest + 1, Math.ceil(Math.log10(Math.max(1, ...values))));
  const y = (value: number, top: number) =>
    round(top + PANEL.height * (1 - (Math.log10(Math.max(value, 10 ** lowest)) - lowest) / (highest - lowest)));
  // Over a decade or two, 2 and 5 are needed as well.
  const factors = highest - lowest <= 2 ? [1, 2, 5] : [1];
  const powers = Array.from({ length: highest - lowest + 1 }, (_, index) => 10 ** (lowest + index));
  const steps = powers.flatMap((power) => factors.map((factor) => factor * power)).filter((at) => at <= 10 ** highest);
  const every = Math.ceil(steps.length / 7);
  return {
    marks: steps.filter((_, index) => index % every === 0).map((at) => ({ at, label: formatMs(at) })),
    y,
    draw: (at) => [
      path(points, x, ({ p99Ms }) => (p99Ms === null ? null : at(p99Ms)), stepSeconds, 'line gold'),
      path(points, x, ({ p50Ms }) => (p50Ms === null ? null : at(p50Ms)), stepSeconds, 'line blue'),
    ],
  };
}

/** A line through the middle of each step, interrupted where there is no value. */
function path(points: Point[], x: Scale, y: (point: Point) => number | null, step: number, className: string): string {
  let drawing = false;
  const commands = points.map((point) => {
    const at = y(point);
    const command = at === null ? '' : `${drawing ? 'L' : 'M'}${x(point.atSeconds + step / 2)} ${at}`;
    drawing = at !== null;
    return command;
  });
  return `<path d="${commands.join('')}" class="${className}"/>`;
}
