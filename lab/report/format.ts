/** Numbers as a reader wants them: unit, thousands separated, no more digits than mean something. */
import type { MetricValue } from '../checks/metric.ts';

export const NONE = '–';

export function formatCount(count: number): string {
  return count.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/** Three significant digits, in milliseconds below a second and in seconds from there on. */
export function formatMs(milliseconds: number): string {
  return Math.abs(milliseconds) < 999.5 ? `${threeDigits(milliseconds)} ms` : `${threeDigits(milliseconds / 1000)} s`;
}

export function formatSeconds(seconds: number): string {
  return `${threeDigits(seconds)} s`;
}

export function formatPercent(ratio: number): string {
  const percent = ratio * 100;
  if (percent > 0 && percent < 0.01) return '< 0.01 %';
  return `${percent === 0 || percent >= 99.95 || percent < 1 ? trim(percent.toFixed(2)) : percent.toFixed(1)} %`;
}

export function formatRate(perSecond: number): string {
  return `${perSecond >= 100 ? formatCount(perSecond) : threeDigits(perSecond)}/s`;
}

/** A probability of a test; very small ones only as such, since their digits mean nothing. */
export function formatP(p: number): string {
  if (p < 0.0001) return '< 0.0001';
  return p > 0.9999 ? '> 0.9999' : trim(p.toPrecision(2));
}

export function formatNumber(number: number): string {
  if (Number.isInteger(number)) return formatCount(number);
  return Math.abs(number) < 0.0005 ? '< 0.001' : threeDigits(number);
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3));
  return `${threeDigits(bytes / 1000 ** power)} ${units[power]}`;
}

export function formatValue(value: MetricValue | null, unit: string): string {
  if (value === null) return NONE;
  if (typeof value !== 'number') return String(value);
  switch (unit) {
    case 'count':
      return formatCount(value);
    case 'ratio':
      return formatPercent(value);
    case 'perSecond':
      return formatRate(value);
    case 'ms':
      return formatMs(value);
    case 'seconds':
      return formatSeconds(value);
    default:
      return formatNumber(value);
  }
}

/** "1 pod", "2 pods". */
export function plural(count: number, singular: string, many = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : many}`;
}

function threeDigits(number: number): string {
  if (Math.abs(number) >= 999.5) return formatCount(number);
  if (Number.isInteger(number)) return String(number);
  return Math.abs(number) < 0.0005 ? number.toPrecision(1) : toThree(number);
}

function toThree(number: number): string {
  const size = Math.abs(number);
  return number.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.9995 ? 2 : 3);
}

/** Zeros after the decimal point say nothing here. */
function trim(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
