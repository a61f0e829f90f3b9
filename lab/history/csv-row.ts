/** A line of a CSV file, read from its bytes: cutting a million lines into strings takes longer than all that follows. */

const [LINE_END, QUOTE, COMMA, POINT, ZERO, NINE] = [0x0a, 0x22, 0x2c, 0x2e, 0x30, 0x39];

/** Decimals of so many characters have at most 15 digits: these and the power of ten are exact, and the quotient is rounded once. */
const EXACT_CHARACTERS = 16;
const POWERS_OF_TEN = Array.from({ length: EXACT_CHARACTERS }, (_, exponent) => 10 ** exponent);

export class Row {
  /** How many fields the line has. */
  length = 0;
  #bytes: Uint8Array = new Uint8Array();
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #words = new KnownWords();

  /** Takes the line that begins at `start`, up to its line end, whose place it returns; -1 when there is none. */
  cut(bytes: Uint8Array, start: number): number {
    this.#bytes = bytes;
    this.length = 0;
    let from = start;
    let quoted = false;
    for (let position = start; position < bytes.length; position += 1) {
      const code = bytes[position]!;
      if (code > COMMA) continue;
      if (code === QUOTE) quoted = !quoted;
      else if (code === LINE_END) {
        this.#add(from, position);
        return position;
      } else if (code === COMMA && !quoted) {
        this.#add(from, position);
        from = position + 1;
      }
    }
    return -1;
  }

  #add(start: number, end: number): void {
    this.#starts[this.length] = start;
    this.#ends[this.length] = end;
    this.length += 1;
  }

  /** The whole line. */
  get text(): string {
    return decode(this.#bytes, this.#starts[0]!, this.#ends[this.length - 1]!);
  }

  word(column: number): string {
    return this.#words.find(this.#bytes, this.#starts[column]!, this.#ends[column]!);
  }

  /** As Number() reads it; NaN for an empty field. */
  number(column: number): number {
    const [start, end] = [this.#starts[column]!, this.#ends[column]!];
    let value = 0;
    let point = end;
    for (let position = start; position < end; position += 1) {
      const code = this.#bytes[position]!;
      if (code >= ZERO && code <= NINE) value = value * 10 + code - ZERO;
      else if (code === POINT && point === end && position > start) point = position;
      else return Number(decode(this.#bytes, start, end));
    }
    if (start === end) return Number.NaN;
    if (end - start > EXACT_CHARACTERS) return Number(decode(this.#bytes, start, end));
    return point === end ? value : value / POWERS_OF_TEN[end - point - 1]!;
  }
}

const DECODER = new TextDecoder('utf-8', { fatal: true });

/** Throws a TypeError for bytes that are no UTF-8. */
function decode(bytes: Uint8Array, start: number, end: number): string {
  return DECODER.decode(bytes.subarray(start, end));
}

/** Finds the words of fields by their bytes: most have been decoded before. */
class KnownWords {
  readonly #byHash = new Map<number, { bytes: Uint8Array; word: string }>();

  find(bytes: Uint8Array, start: number, end: number): string {
    let hash = end - start;
    for (let position = start; position < end; position += 1) hash = (Math.imul(hash, 31) + bytes[position]!) | 0;
    const known = this.#byHash.get(hash);
    if (known && isAt(bytes, start, end, known.bytes)) return known.word;
    const word = unquoted(decode(bytes, start, end));
    this.#byHash.set(hash, { bytes: bytes.slice(start, end), word });
    return word;
  }
}

function unquoted(field: string): string {
  return field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field;
}

function isAt(bytes: Uint8Array, start: number, end: number, expected: Uint8Array): boolean {
  if (end - start !== expected.length) return false;
  for (let index = 0; index < expected.length; index += 1) {
    if (bytes[start + index] !== expected[index]) return false;
  }
  return true;
}
