/** Says how each case came out, and counts. */
import type { Divergence } from './compare.ts';
import type { Difference } from './differences.ts';
import type { Judgement } from './judge.ts';

/** Divergences printed of one case. */
const MOST_LINES = 12;

export class Report {
  readonly #say: (line: string) => void;
  readonly #seen = new Set<Difference>();
  #passed = 0;
  #failed = 0;
  #skipped = 0;

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  skip(name: string, reason: string): void {
    this.#skipped += 1;
    this.#say(`skip ${name}: ${reason}`);
  }

  /** `judgement` throws when one of the sides could not run the case. */
  verdict(name: string, seconds: number, judgement: () => Judgement): void {
    let problems: string[];
    try {
      const { unexpected, seen } = judgement();
      for (const difference of seen) this.#seen.add(difference);
      problems = unexpected.flatMap(describe);
    } catch (error) {
      problems = [(error as Error).stack ?? String(error)];
    }
    const passed = problems.length === 0;
    if (passed) this.#passed += 1;
    else this.#failed += 1;
    this.#say(`${passed ? 'ok' : 'not ok'} ${name} (${seconds.toFixed(1)} s)`);
    for (const line of problems.slice(0, MOST_LINES * 3)) this.#say(`    ${line}`);
    if (problems.length > MOST_LINES * 3) this.#say(`    ... and ${problems.length - MOST_LINES * 3} lines more`);
  }

  /** True when all cases passed and every expected difference was seen. */
  end(expected: readonly Difference[]): boolean {
    const unseen = expected.filter((difference) => !this.#seen.has(difference));
    for (const { cases, paths } of unseen) {
      this.#failed += 1;
      this.#say(`not ok no such difference any more: ${cases} at ${paths.join(', ')}; remove it from the list`);
    }
    if (this.#skipped > 0) this.#say(`${this.#skipped} skipped`);
    this.#say(`${this.#passed} passed, ${this.#failed} failed`);
    return this.#failed === 0;
  }
}

function describe({ path, real, embedded }: Divergence): string[] {
  const show = (value: unknown): string => (value === undefined ? '(nothing)' : JSON.stringify(value));
  return [path, `  real:     ${show(real)}`, `  embedded: ${show(embedded)}`];
}
