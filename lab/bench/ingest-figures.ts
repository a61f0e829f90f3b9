/** Figures from the samples of several rounds: the median decides, and the range goes with it. */
import { median, type Figure } from './figure.ts';

interface Words {
  unit: string;
  detail: string;
}

export function atLeast(name: string, samples: readonly number[], limit: number, words: Words): Figure {
  const value = median(samples);
  return {
    name,
    value,
    target: `>= ${limit}`,
    reached: value >= limit,
    unit: words.unit,
    detail: howItCame(samples, words),
  };
}

export function below(name: string, samples: readonly number[], limit: number, words: Words): Figure {
  const value = median(samples);
  const target = `< ${limit} ${words.unit}`.trim();
  return { name, value, target, reached: value < limit, unit: words.unit, detail: howItCame(samples, words) };
}

/** Without an aim. */
export function forInformation(name: string, samples: readonly number[], words: Words): Figure {
  return {
    name,
    value: median(samples),
    target: '',
    reached: true,
    unit: words.unit,
    detail: howItCame(samples, words),
  };
}

function howItCame(samples: readonly number[], { detail }: Words): string {
  if (samples.length === 1) return detail;
  return `median of ${samples.length}, ${short(Math.min(...samples))} to ${short(Math.max(...samples))}; ${detail}`;
}

/** `120 (90-150)`: the median and the range. */
export function spread(samples: readonly number[]): string {
  return `${short(median(samples))} (${short(Math.min(...samples))}-${short(Math.max(...samples))})`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
