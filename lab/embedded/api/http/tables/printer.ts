/** What a printer is: the columns of one kind, and the cells of one object. Rows follow k8s.io/kubernetes/pkg/printers. */
import type { Kinds, Plural, Stored } from '../../types.ts';

export interface Column {
  name: string;
  type: 'string' | 'integer' | 'boolean';
  format: '' | 'name';
  description: string;
  /** 0 is always shown, 1 only with `-o wide`. */
  priority: number;
}

export type Cell = string | number | boolean;

export interface Printer<P extends Plural = Plural> {
  columns: readonly Column[];
  /** One cell per column. `now` in milliseconds since the epoch. */
  cells: (object: Stored<Kinds[P]>, now: number) => Cell[];
  /** Marks on the row, such as a pod that has completed. */
  conditions?: (object: Stored<Kinds[P]>) => object[];
}

type ColumnOptions = Partial<Pick<Column, 'type' | 'description'>>;

export function column(name: string, { type = 'string', description = '' }: ColumnOptions = {}): Column {
  return { name, type, format: '', description, priority: 0 };
}

export function wideColumn(name: string, options: ColumnOptions = {}): Column {
  return { ...column(name, options), priority: 1 };
}

export const NAME: Column = {
  ...column('Name', { description: 'Name must be unique within a namespace.' }),
  format: 'name',
};
export const AGE = column('Age', { description: 'Time since the object was created.' });
