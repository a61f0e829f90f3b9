/** Progress of a run: a line that is rewritten on a terminal, a plain line now and then elsewhere. */
import { Chalk } from 'chalk';
import type { LoadProgress } from '../load/load.ts';
import type { Progress } from '../scenario/run.ts';

const PLAIN_INTERVAL_MS = 5000;
const BARS = '▁▂▃▄▅▆▇█';
const CLEAR_LINE = '\r\u001b[2K';

export interface ProgressOutput {
  /** A whole line. */
  say: (line: string) => void;
  /** Where a line can be rewritten: the terminal. Undefined elsewhere. */
  terminal: { write: (text: string) => unknown; columns: number; colour: boolean } | undefined;
}

/** Standard error, as a terminal if it is one; without colour when NO_COLOR is set. */
export function standardErrorOutput(say: (line: string) => void): ProgressOutput {
  const { stderr } = process;
  if (!stderr.isTTY) return { say, terminal: undefined };
  return {
    say,
    terminal: { write: (text) => stderr.write(text), columns: stderr.columns ?? 80, colour: stderr.hasColors() },
  };
}

export function reportProgress({ say, terminal }: ProgressOutput): Progress {
  const current = new Map<string, string>();
  const rates = new RateMeter();
  let plainAt = 0;
  const leaveLine = (): void => {
    if (current.size > 0 && terminal) terminal.write('\n');
  };
  return {
    phase: (name, index, count) => {
      leaveLine();
      current.clear();
      rates.clear();
      say(`phase ${index + 1}/${count}: ${name}`);
      plainAt = performance.now();
    },
    load: (name, progress) => {
      current.set(name, `${name}: ${describe(progress, rates.rate(name, progress), terminal?.colour ?? false)}`);
      if (terminal) {
        terminal.write(`${CLEAR_LINE}  ${fit([...current.values()].join('  '), terminal.columns - 3)}`);
      } else if (performance.now() - plainAt > PLAIN_INTERVAL_MS) {
        for (const line of current.values()) say(`  ${line}`);
        plainAt = performance.now();
      }
    },
    note: (message) => {
      if (terminal) terminal.write(CLEAR_LINE);
      say(`  ${message}`);
    },
  };
}

/** Requests per second since the report before, which shows a dip at once; the mean over the whole load would hide it. */
class RateMeter {
  readonly #before = new Map<string, { elapsedMs: number; completed: number }>();

  rate(name: string, { elapsedMs, completed }: LoadProgress): number {
    const before = this.#before.get(name) ?? { elapsedMs: 0, completed: 0 };
    this.#before.set(name, { elapsedMs, completed });
    return elapsedMs > before.elapsedMs ? ((completed - before.completed) * 1000) / (elapsedMs - before.elapsedMs) : 0;
  }

  clear(): void {
    this.#before.clear();
  }
}

function describe(progress: LoadProgress, perSecond: number, colour: boolean): string {
  const { elapsedMs, completed, failed, inFlight, byPod } = progress;
  const errors = `${failed} failed`;
  const painted = failed > 0 ? new Chalk({ level: colour ? 1 : 0 }).red(errors) : errors;
  return `${(elapsedMs / 1000).toFixed(0)} s, ${completed} done (${Math.round(perSecond)}/s), ${painted}, ${inFlight} in flight | ${shares(byPod)}`;
}

/** A bar for each pod, as high as its share of the busiest one's, and the shares. */
function shares(byPod: Record<string, number>): string {
  const entries = Object.entries(byPod).toSorted(([a], [b]) => a.localeCompare(b));
  const total = entries.reduce((sum, [, count]) => sum + count, 0);
  const most = Math.max(1, ...entries.map(([, count]) => count));
  return entries
    .map(([pod, count]) => {
      const bar = BARS[Math.round((count / most) * (BARS.length - 1))]!;
      return `${pod.split('-').at(-1)} ${bar} ${Math.round((100 * count) / total)}%`;
    })
    .join(' ');
}

/** Cuts a line to a terminal's width, colours not counted: a longer one would wrap and could not be rewritten. */
function fit(line: string, width: number): string {
  let visible = 0;
  let kept = '';
  // oxlint-disable-next-line no-control-regex -- an escape sequence begins with one
  for (const [part] of line.matchAll(/\u001b\[\d+m|[^]/gu)) {
    if (!part.startsWith('\u001b') && ++visible > width) continue;
    kept += part;
  }
  return kept;
}
