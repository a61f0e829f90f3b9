/** A call tree as an SVG: who called whom upwards, the time that it took as width. */
import { escapeMarkup } from '../report/escape.ts';
import type { Call, Frame } from './cpu-profile.ts';

const WIDTH = 1200;
const ROW = 17;
const NARROWEST = 1;
const CHARACTER = 6.2;
const LEGEND = 140;

/** By the file that a function is in. */
const ORIGINS: { file: RegExp; name: string; colour: string }[] = [
  { file: /\/services\//, name: 'the service', colour: '#e8743b' },
  { file: /node_modules\/(pg|postgres)/, name: 'pg', colour: '#7aa6dc' },
  { file: /node_modules/, name: 'Fastify', colour: '#f2c14e' },
  { file: /^node:/, name: 'Node', colour: '#b8cfae' },
  { file: /^/, name: 'V8 and system calls', colour: '#d5d5d5' },
];

/** @param title says of what it is */
export function flameGraph(root: Call, title: string): string {
  const depth = depthOf(root, WIDTH / root.totalMicros);
  const height = (depth + 1) * ROW + 30;
  const boxes: string[] = [];
  const draw = (call: Call, x: number, level: number): void => {
    const width = (call.totalMicros / root.totalMicros) * WIDTH;
    if (width < NARROWEST) return;
    boxes.push(box(call, root.totalMicros, { x, y: height - (level + 1) * ROW, width }));
    let left = x;
    for (const child of call.calls.toSorted((a, b) => b.totalMicros - a.totalMicros)) {
      draw(child, left, level + 1);
      left += (child.totalMicros / root.totalMicros) * WIDTH;
    }
  };
  draw(root, 0, 0);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" role="img" font-family="ui-monospace, monospace" font-size="10">`,
    `<title>${escapeMarkup(title)}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    `<text x="8" y="18" font-size="13">${escapeMarkup(title)}</text>`,
    ...ORIGINS.flatMap(({ name, colour }, index) => legend(name, colour, WIDTH - (ORIGINS.length - index) * LEGEND)),
    ...boxes,
    '</svg>\n',
  ].join('\n');
}

function legend(name: string, colour: string, x: number): string[] {
  return [
    `<rect x="${x}" y="9" width="10" height="10" fill="${colour}"/>`,
    `<text x="${x + 14}" y="18">${name}</text>`,
  ];
}

function depthOf(call: Call, pixelsPerMicro: number): number {
  const drawn = call.calls.filter(({ totalMicros }) => totalMicros * pixelsPerMicro >= NARROWEST);
  return 1 + Math.max(0, ...drawn.map((child) => depthOf(child, pixelsPerMicro)));
}

function box({ frame, totalMicros }: Call, allMicros: number, at: { x: number; y: number; width: number }): string {
  const percent = ((totalMicros / allMicros) * 100).toFixed(1);
  const name = nameOf(frame);
  const letters = Math.floor((at.width - 4) / CHARACTER);
  const label =
    letters < 3 ? '' : `<text x="${px(at.x + 2)}" y="${at.y + 12}">${escapeMarkup(name.slice(0, letters))}</text>`;
  const fill = ORIGINS.find(({ file }) => file.test(frame.url))!.colour;
  return (
    `<g><title>${escapeMarkup(`${name} ${percent} %`)}</title>` +
    `<rect x="${px(at.x)}" y="${at.y}" width="${px(Math.max(at.width - 0.5, 0.5))}" height="${ROW - 1}" fill="${fill}"/>${label}</g>`
  );
}

function nameOf({ functionName, url }: Frame): string {
  const file = url.replace(/^.*\/(?=node_modules\/|services\/)/, '').replace(/^node_modules\//, '');
  return `${functionName || '(anonymous)'}${file === '' ? '' : ` ${file}`}`;
}

function px(value: number): string {
  return value.toFixed(1);
}
