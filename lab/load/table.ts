/**
 * Tables that are held column by column. An array of a million objects takes hundreds of megabytes and keeps the garbage
 * collector busy; typed arrays take tens, and can be handed to another thread without a copy.
 */

interface Arrays {
  float64: Float64Array<ArrayBuffer>;
  int32: Int32Array<ArrayBuffer>;
  uint32: Uint32Array<ArrayBuffer>;
  uint16: Uint16Array<ArrayBuffer>;
  uint8: Uint8Array<ArrayBuffer>;
}

const ARRAYS: { [Type in keyof Arrays]: { new (buffer: ArrayBuffer): Arrays[Type]; BYTES_PER_ELEMENT: number } } = {
  float64: Float64Array,
  int32: Int32Array,
  uint32: Uint32Array,
  uint16: Uint16Array,
  uint8: Uint8Array,
};

/** The type of each column. */
export type Layout = Record<string, keyof Arrays>;

export type Columns<L extends Layout> = { [Name in keyof L]: Arrays[L[Name]] };

/** Columns for that many rows; those of `from` are moved into them (which empties `from`) and cut or filled with zeros. */
export function allocateColumns<L extends Layout>(layout: L, rows: number, from?: Columns<L>): Columns<L> {
  const columns = Object.entries(layout).map(([name, type]) => {
    const bytes = rows * ARRAYS[type].BYTES_PER_ELEMENT;
    return [name, new ARRAYS[type](from ? from[name]!.buffer.transfer(bytes) : new ArrayBuffer(bytes))];
  });
  return Object.fromEntries(columns) as Columns<L>;
}

const FIRST_CAPACITY = 1024;

/** Rows by their index, from 0. A row is a copy, made when it is asked for: changing it changes nothing here. */
export abstract class Table<L extends Layout, Row> implements Iterable<Row> {
  /** May be longer than the table. */
  protected columns: Columns<L>;
  readonly #layout: L;
  #capacity: number;
  #length: number;

  /** Takes the columns over, which have that many rows. */
  constructor(layout: L, columns = allocateColumns(layout, 0), length = 0) {
    this.#layout = layout;
    this.columns = columns;
    this.#capacity = length;
    this.#length = length;
  }

  abstract get(index: number): Row;
  /** Replaces a row that exists. */
  abstract set(index: number, row: Row): void;

  get length(): number {
    return this.#length;
  }

  push(row: Row): void {
    if (this.#length === this.#capacity) {
      this.#capacity = Math.max(FIRST_CAPACITY, this.#capacity * 2);
      this.columns = allocateColumns(this.#layout, this.#capacity, this.columns);
    }
    this.set(this.#length++, row);
  }

  *[Symbol.iterator](): Generator<Row> {
    for (let index = 0; index < this.#length; index += 1) yield this.get(index);
  }

  /** Copies of these rows' columns, in the order of their indexes. */
  protected select(indexes: ArrayLike<number>): Columns<L> {
    const selected = allocateColumns(this.#layout, indexes.length);
    for (const name in this.#layout) {
      const [from, to] = [this.columns[name], selected[name]];
      for (let row = 0; row < indexes.length; row += 1) to[row] = from[indexes[row]!]!;
    }
    return selected;
  }
}

/** Distinct strings, numbered in the order of their first appearance; '' is always 0. A million rows name a handful of pods. */
export class Words {
  readonly values: string[];
  readonly #indexes: Map<string, number>;

  constructor(values = ['']) {
    this.values = values;
    this.#indexes = new Map(values.map((value, index) => [value, index]));
  }

  indexOf(word: string): number {
    const known = this.#indexes.get(word);
    if (known !== undefined) return known;
    this.#indexes.set(word, this.values.length);
    return this.values.push(word) - 1;
  }
}
