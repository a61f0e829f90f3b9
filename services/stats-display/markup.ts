/** HTML that is safe by construction: whatever is put into a template is escaped, unless it is markup itself. */

export class Markup {
  readonly text: string;

  /** @param text used as it is */
  constructor(text: string) {
    this.text = text;
  }
}

export type MarkupValue = string | number | Markup | readonly Markup[];

/** A tag for template literals. (Not named html: the formatter would then change the text, and with it the style's hash.) */
export function markup(strings: TemplateStringsArray, ...values: MarkupValue[]): Markup {
  const parts = strings.map((text, index) => text + (index < values.length ? render(values[index]!) : ''));
  return new Markup(parts.join(''));
}

function render(value: MarkupValue): string {
  if (value instanceof Markup) return value.text;
  if (typeof value === 'object') return value.map(({ text }) => text).join('');
  return String(value).replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!);
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
