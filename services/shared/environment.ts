/** Reads configuration from environment variables and reports every problem at once. */

/** The message lists all problems, one per variable. */
export class ConfigurationError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`invalid configuration: ${problems.join('; ')}`);
    this.name = 'ConfigurationError';
    this.problems = problems;
  }
}

export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * A reader that returns a usable value for every question and remembers what was wrong, so that a service asks for all of
 * its settings first and calls finish() last. A variable that is set to nothing counts as not set.
 */
export class Environment {
  readonly #variables: Variables;
  readonly #problems: string[] = [];

  constructor(variables: Variables) {
    this.#variables = variables;
  }

  /** Without a default the variable is required. */
  text(name: string, fallback?: string): string {
    const value = this.#read(name) ?? fallback;
    if (value === undefined) this.#problems.push(`${name}: required, but not set`);
    return value ?? '';
  }

  integer(name: string, options: { default: number; min: number; max: number }): number {
    return this.#number(name, options, 'an integer', Number.isInteger);
  }

  number(name: string, options: { default: number; min: number; max: number }): number {
    return this.#number(name, options, 'a number', Number.isFinite);
  }

  /** `on` or `off`; `true` and `false` are understood too. */
  flag(name: string, fallback: boolean): boolean {
    const value = this.#read(name);
    if (value === undefined) return fallback;
    if (value === 'on' || value === 'true') return true;
    if (value === 'off' || value === 'false') return false;
    return this.#wrong(name, 'on or off', value, fallback);
  }

  httpUrl(name: string, fallback: string): URL {
    const value = this.#read(name) ?? fallback;
    const url = URL.canParse(value) ? new URL(value) : undefined;
    return url?.protocol === 'http:' ? url : this.#wrong(name, 'an http:// URL', value, new URL('http://invalid'));
  }

  /** A value that may be sent in a header: printable ASCII without spaces. */
  token(name: string, fallback: string): string {
    const value = this.text(name, fallback);
    return /^[\u0021-\u007e]+$/.test(value) ? value : this.#wrong(name, 'printable ASCII without spaces', value, '');
  }

  /** @throws {ConfigurationError} when anything asked for so far was missing or wrong */
  finish(): void {
    if (this.#problems.length > 0) throw new ConfigurationError(this.#problems);
  }

  #read(name: string): string | undefined {
    return this.#variables[name] || undefined;
  }

  #number(
    name: string,
    { default: fallback, min, max }: { default: number; min: number; max: number },
    kind: string,
    accepts: (value: number) => boolean,
  ): number {
    const text = this.#read(name);
    if (text === undefined) return fallback;
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (accepts(value) && value >= min && value <= max) return value;
    return this.#wrong(name, `${kind} from ${min} to ${max}`, text, fallback);
  }

  #wrong<T>(name: string, expected: string, actual: string, fallback: T): T {
    this.#problems.push(`${name}: expected ${expected}, got ${JSON.stringify(actual)}`);
    return fallback;
  }
}
