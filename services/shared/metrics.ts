/** Counters, gauges and histograms in the Prometheus text format, version 0.0.4. */

export interface Metric {
  /** Lines of the exposition, without the trailing newline. */
  render(): string;
}

export class Registry {
  readonly #metrics: Metric[] = [];

  add<T extends Metric>(metric: T): T {
    this.#metrics.push(metric);
    return metric;
  }

  render(): string {
    return `${this.#metrics.map((metric) => metric.render()).join('\n')}\n`;
  }
}

/** A counter with one series for each combination of label values. Without labels it starts as one series at 0. */
export class Counter implements Metric {
  readonly #name: string;
  readonly #help: string;
  readonly #labels: readonly string[];
  readonly #series = new Map<string, number>();

  constructor(name: string, help: string, labels: readonly string[] = []) {
    this.#name = name;
    this.#help = help;
    this.#labels = labels;
    if (labels.length === 0) this.#series.set('', 0);
  }

  /** @param values of the labels, in the order in which they were declared */
  increment(by = 1, ...values: string[]): void {
    const key = values.join(SEPARATOR);
    this.#series.set(key, (this.#series.get(key) ?? 0) + by);
  }

  render(): string {
    const lines = [...this.#series].map(
      ([key, value]) => `${this.#name}${labelSet(this.#labels, key.split(SEPARATOR))} ${value}`,
    );
    return [...heading(this.#name, this.#help, 'counter'), ...lines].join('\n');
  }
}

/** A value that is read when somebody asks. */
export class Gauge implements Metric {
  readonly #name: string;
  readonly #help: string;
  readonly #read: () => number;

  constructor(name: string, help: string, read: () => number) {
    this.#name = name;
    this.#help = help;
    this.#read = read;
  }

  render(): string {
    return [...heading(this.#name, this.#help, 'gauge'), `${this.#name} ${this.#read()}`].join('\n');
  }
}

interface Distribution {
  /** Observations per bucket, not cumulative; the last one is +Inf. */
  counts: number[];
  sum: number;
}

export class Histogram implements Metric {
  readonly #name: string;
  readonly #help: string;
  readonly #labels: readonly string[];
  readonly #bounds: readonly number[];
  readonly #series = new Map<string, Distribution>();

  /** @param bounds upper bounds of the buckets, ascending, without +Inf */
  constructor(name: string, help: string, bounds: readonly number[], labels: readonly string[] = []) {
    this.#name = name;
    this.#help = help;
    this.#bounds = bounds;
    this.#labels = labels;
    if (labels.length === 0) this.#of('');
  }

  observe(value: number, ...labelValues: string[]): void {
    const distribution = this.#of(labelValues.join(SEPARATOR));
    let bucket = 0;
    while (bucket < this.#bounds.length && value > this.#bounds[bucket]!) bucket++;
    distribution.counts[bucket]!++;
    distribution.sum += value;
  }

  render(): string {
    const lines = [...this.#series].flatMap(([key, distribution]) => this.#renderSeries(key, distribution));
    return [...heading(this.#name, this.#help, 'histogram'), ...lines].join('\n');
  }

  #of(key: string): Distribution {
    let distribution = this.#series.get(key);
    if (!distribution) {
      distribution = { counts: Array.from({ length: this.#bounds.length + 1 }, () => 0), sum: 0 };
      this.#series.set(key, distribution);
    }
    return distribution;
  }

  #renderSeries(key: string, { counts, sum }: Distribution): string[] {
    const values = key.split(SEPARATOR);
    let cumulative = 0;
    const buckets = counts.map((count, index) => {
      cumulative += count;
      const bound = this.#bounds[index] ?? '+Inf';
      return `${this.#name}_bucket${labelSet([...this.#labels, 'le'], [...values.slice(0, this.#labels.length), String(bound)])} ${cumulative}`;
    });
    const labels = labelSet(this.#labels, values);
    return [...buckets, `${this.#name}_sum${labels} ${sum}`, `${this.#name}_count${labels} ${cumulative}`];
  }
}

/** Cannot occur in label values, which are methods, routes and status codes. */
const SEPARATOR = '\n';

function heading(name: string, help: string, type: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

function labelSet(names: readonly string[], values: readonly string[]): string {
  if (names.length === 0) return '';
  return `{${names.map((name, index) => `${name}="${escapeLabel(values[index] ?? '')}"`).join(',')}}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
