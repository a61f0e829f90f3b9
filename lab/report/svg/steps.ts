/** What followed a fault: each step's predicted range as a band, and when it was seen as a dot. */
import type { Figure } from '../blocks.ts';
import { formatSeconds } from '../format.ts';
import type { FaultModel } from '../model.ts';
import { frame, line, linear, rect, text, ticks, WIDTH } from './chart.ts';

const LEFT = 180;
const RIGHT = WIDTH - 80;
const ROW = 28;
const TOP = 34;

/** Nothing when no step was seen or predicted. */
export function stepsChart(fault: FaultModel, file: string): Figure[] {
  const steps = fault.timeline.filter(({ seconds, predicted }) => seconds !== null || predicted);
  if (steps.length === 0) return [];
  const latest = Math.max(...steps.flatMap(({ seconds, predicted }) => [seconds ?? 0, predicted?.high ?? 0]));
  const marks = ticks(Math.max(latest, 1), 6);
  const x = linear([0, marks.at(-1)!], [LEFT, RIGHT]);
  const bottom = TOP + steps.length * ROW;
  const title = `After ${fault.kind} on ${fault.target}`;
  const seen = steps.map(
    ({ step, seconds }) => `${step} ${seconds === null ? 'not seen' : `after ${formatSeconds(seconds)}`}`,
  );
  const body = [
    text(12, 20, title),
    ...marks.flatMap((mark) => [
      line(x(mark), TOP, x(mark), bottom, mark === 0 ? 'fault' : 'grid'),
      text(x(mark), bottom + 16, `${mark} s`, 'dim middle'),
    ]),
    ...steps.flatMap(({ step, seconds, predicted }, index) => {
      const middle = TOP + index * ROW + ROW / 2;
      return [
        text(LEFT - 10, middle + 4, step, 'end'),
        ...(predicted
          ? [rect(x(predicted.low), middle - 9, Math.max(2, x(predicted.high) - x(predicted.low)), 18, 'band')]
          : []),
        ...(seconds === null
          ? []
          : [
              `<circle cx="${x(seconds)}" cy="${middle}" r="5" class="orange"/>`,
              text(x(seconds) + 10, middle + 4, formatSeconds(seconds)),
            ]),
      ];
    }),
  ];
  return [
    {
      kind: 'figure',
      file,
      svg: frame(file, title, seen.join(', '), bottom + 28, body),
      alt: `${title}: ${seen.join(', ')}`,
      caption:
        'Dots: when each step was seen, in seconds after the fault; shaded: when the cluster’s settings predict it.',
    },
  ];
}
