/** What all charts share: the frame with its description, the colours for both themes, scales and ticks. */
import { escapeMarkup } from '../escape.ts';

export const WIDTH = 760;

/**
 * The charts carry their own background: a page such as GitHub's may be dark while the reader's system is light.
 * Colours are told apart without red and green (Okabe and Ito), and by dashes or shape as well.
 */
const STYLE = `.chart{--ink:#1c2127;--dim:#57606a;--paper:#fff;--grid:#e3e6ea;--blue:#0065ad;--orange:#c04a00;--gold:#a17400;--band:#cfe3f3}
@media(prefers-color-scheme:dark){.chart{--ink:#e4e7eb;--dim:#a3abb5;--paper:#15181c;--grid:#333a43;--blue:#58aef5;--orange:#ff8b4d;--gold:#e0b23e;--band:#21415c}}
.chart .paper{fill:var(--paper)}.chart text{fill:var(--ink);font:12px system-ui,sans-serif}.chart .dim{fill:var(--dim)}.chart .mono{font-family:ui-monospace,monospace;font-size:11px}
.chart .end{text-anchor:end}.chart .middle{text-anchor:middle}.chart .grid{stroke:var(--grid)}.chart .axis{stroke:var(--dim)}
.chart .blue{fill:var(--blue)}.chart .orange{fill:var(--orange)}.chart .gold{fill:var(--gold)}.chart .band{fill:var(--band)}
.chart .line{fill:none;stroke-width:1.5}.chart .line.blue{fill:none;stroke:var(--blue)}.chart .line.gold{fill:none;stroke:var(--gold);stroke-dasharray:4 2}
.chart .whisker{stroke:var(--ink);stroke-width:1.5}.chart .expected{stroke:var(--dim);stroke-dasharray:3 3}.chart .fault{stroke:var(--orange);stroke-width:1.5;stroke-dasharray:5 3}
.chart .open{fill:var(--paper);stroke:var(--orange);stroke-width:2}`;

/** A complete SVG file. `name` makes ids unique among the charts of one page. */
export function frame(name: string, title: string, description: string, height: number, body: string[]): string {
  const id = name.replaceAll(/[^a-z0-9]+/gi, '-');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="${id}-title ${id}-desc">`,
    `<title id="${id}-title">${escapeMarkup(title)}</title>`,
    `<desc id="${id}-desc">${escapeMarkup(description)}</desc>`,
    `<style>${STYLE}</style>`,
    `<rect class="paper" width="${WIDTH}" height="${height}"/>`,
    ...body,
    '</svg>',
  ].join('\n');
}

export type Scale = (value: number) => number;

export function linear(from: readonly [number, number], to: readonly [number, number]): Scale {
  const span = from[1] - from[0] || 1;
  return (value) => round(to[0] + ((value - from[0]) / span) * (to[1] - to[0]));
}

/** Coordinates to a tenth of a pixel keep the files small. */
export function round(coordinate: number): number {
  return Math.round(coordinate * 10) / 10;
}

/** About `wanted` round values from 0 to the maximum or a little beyond. */
export function ticks(maximum: number, wanted: number): number[] {
  const rough = Math.max(maximum, 1e-9) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10);
  return Array.from({ length: Math.ceil(maximum / step - 1e-9) + 1 }, (_, index) => +(index * step).toPrecision(12));
}

export function text(x: number, y: number, content: string, className = ''): string {
  return `<text x="${round(x)}" y="${round(y)}"${className ? ` class="${className}"` : ''}>${escapeMarkup(content)}</text>`;
}

export function line(x1: number, y1: number, x2: number, y2: number, className: string): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" class="${className}"/>`;
}

export function rect(x: number, y: number, width: number, height: number, className: string): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(Math.max(0, width))}" height="${round(Math.max(0, height))}" class="${className}"/>`;
}

/** Shortened in the middle: both ends of a pod's name matter. */
export function shorten(name: string, most: number): string {
  if (name.length <= most) return name;
  const tail = Math.floor(most / 2);
  return `${name.slice(0, most - tail - 1)}…${name.slice(-tail)}`;
}
