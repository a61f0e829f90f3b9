/** Knows the templates that this pod has met, and keeps their number bounded. */
import { fingerprintOf, templateOf } from './template.ts';

export interface Template {
  text: string;
  fingerprint: string;
}

/** Stands for all templates that came when the catalogue was full. */
const OTHER_TEMPLATE = '<other>';

/**
 * The roll-ups have a row for each template. Messages that differ in more than the masks cover would make one for every
 * log, and reading the roll-ups would become as slow as counting the logs.
 */
export class TemplateCatalogue {
  readonly #limit: number;
  readonly #known = new Map<string, Template>();
  readonly #other: Template = { text: OTHER_TEMPLATE, fingerprint: fingerprintOf(OTHER_TEMPLATE) };

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#known.size;
  }

  templateFor(message: string): Template {
    const text = templateOf(message);
    const known = this.#known.get(text);
    if (known) return known;
    if (this.#known.size >= this.#limit) return this.#other;
    const template = { text: copy(text), fingerprint: fingerprintOf(text) };
    this.#known.set(template.text, template);
    return template;
  }
}

/** Behind a part of a string V8 keeps the whole: a catalogue of such parts would hold every message it has learnt from. */
function copy(text: string): string {
  return Buffer.from(text).toString();
}
