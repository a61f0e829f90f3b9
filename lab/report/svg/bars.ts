/** Shares as bars, each with its interval, over the band where chance alone would leave them. */
import type { Figure } from '../blocks.ts';
import { formatCount, formatPercent } from '../format.ts';
import type { DistributionModel } from '../model.ts';
import { frame, line, linear, rect, shorten, text, ticks, WIDTH } from './chart.ts';

const LEFT = 250;
const RIGHT = WIDTH - 120;
const ROW = 30;
const TOP = 34;

export function barsChart(distribution: DistributionModel, file: string, title: string): Figure {
  const { shares } = distribution;
  // Where nothing can be expected there is no band to show.
  const expected = distribution.test !== null;
  const largest = Math.max(...shares.flatMap((share) => [share.interval.high, expected ? share.expected.high : 0]));
  const marks = ticks(Math.min(1, largest) * 100, 5);
  const x = linear([0, marks.at(-1)! / 100], [LEFT, RIGHT]);
  const bottom = TOP + shares.length * ROW;
  const grid = marks.flatMap((mark) => [
    line(x(mark / 100), TOP, x(mark / 100), bottom, 'grid'),
    text(x(mark / 100), bottom + 16, `${mark} %`, 'dim middle'),
  ]);
  const rows = shares.flatMap((share, index) => [
    ...(expected ? expectedBand(share, TOP + index * ROW, x) : []),
    ...barRow(share, TOP + index * ROW, x),
  ]);
  const summary = shares.map(({ name, share }) => `${name} ${formatPercent(share)}`).join(', ');
  return {
    kind: 'figure',
    file,
    svg: frame(file, title, summary, bottom + 28, [text(12, 20, title), ...grid, ...rows]),
    alt: `${title}: ${summary}`,
    caption: `Bars: share of the choices; lines: 99 % interval${expected ? '; shaded: where 99 % of runs with independent choices have all their shares; dashed: expected' : ''}.`,
  };
}

type Share = DistributionModel['shares'][number];
type ToX = (share: number) => number;

function expectedBand({ expected, expectedShare }: Share, top: number, x: ToX): string[] {
  return [
    rect(x(expected.low), top + 1, x(expected.high) - x(expected.low), ROW - 2, 'band'),
    line(x(expectedShare), top, x(expectedShare), top + ROW, 'expected'),
  ];
}

function barRow(share: Share, top: number, x: ToX): string[] {
  const middle = top + ROW / 2;
  const { low, high } = share.interval;
  return [
    text(LEFT - 8, middle + 4, shorten(share.name, 35), 'mono end'),
    rect(x(0), middle - 6, x(share.share) - x(0), 12, 'blue'),
    line(x(low), middle, x(high), middle, 'whisker'),
    line(x(low), middle - 4, x(low), middle + 4, 'whisker'),
    line(x(high), middle - 4, x(high), middle + 4, 'whisker'),
    text(RIGHT + 12, middle + 4, `${formatPercent(share.share)} (${formatCount(share.choices)})`),
  ];
}
