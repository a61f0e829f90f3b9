/** Parts that the cells of several kinds share. */
import type { Container, PodTemplateSpec } from 'kubernetes-types/core/v1.js';
import type { LabelSelector } from 'kubernetes-types/meta/v1.js';
import { formatLabelSelector } from '../../selectors/labels.ts';
import { column, wideColumn } from './printer.ts';
import type { Cell } from './printer.ts';

export const NONE = '<none>';
export const UNSET = '<unset>';
export const UNKNOWN = '<unknown>';

const ACCESS_MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

export function accessModes(modes: readonly string[] = []): string {
  return Object.keys(ACCESS_MODES)
    .filter((mode) => modes.includes(mode))
    .map((mode) => ACCESS_MODES[mode])
    .join(',');
}

/** `a=1,b=2`, sorted by key. */
export function labels(values: Readonly<Record<string, string>> | undefined): string {
  const pairs = Object.entries(values ?? {}).map(([key, value]) => `${key}=${value}`);
  return pairs.sort().join(',') || NONE;
}

export function selector(value: LabelSelector | undefined): string {
  return formatLabelSelector(value) || NONE;
}

/** The wide columns of everything that makes pods, and their cells. */
export const TEMPLATE_COLUMNS = [wideColumn('Containers'), wideColumn('Images')];
export const SELECTOR_COLUMN = wideColumn('Selector');
export const READY_COLUMN = column('Ready');

export function templateCells(template: PodTemplateSpec | undefined): Cell[] {
  const containers: readonly Container[] = template?.spec?.containers ?? [];
  return [containers.map(({ name }) => name).join(','), containers.map(({ image }) => image ?? '').join(',')];
}

/** At most `limit` items; the rest is only counted, introduced as the kind's own column does. */
export function firstFew(items: readonly string[], limit: number, more: (count: number) => string): string {
  const shown = items.slice(0, limit).join(',');
  return items.length > limit ? shown + more(items.length - limit) : shown;
}
