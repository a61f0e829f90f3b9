import { stripVTControlCharacters } from 'node:util';
import t from 'tap';
import { reportProgress } from './progress.ts';

const progress = {
  elapsedMs: 1000,
  completed: 200,
  failed: 0,
  inFlight: 3,
  byPod: { 'app-x-aaaaa': 150, 'app-x-bbbbb': 50 },
};
const later = { ...progress, elapsedMs: 1500, completed: 250, failed: 7 };

function onTerminal({ columns = 200, colour = false } = {}) {
  let text = '';
  const said: string[] = [];
  const terminal = { write: (part: string) => (text += part), columns, colour };
  return { report: reportProgress({ say: (line) => said.push(line), terminal }), text: () => text, said };
}

void t.test('a terminal shows the rate of now, errors and the spread on one line', async (t) => {
  const { report, text, said } = onTerminal();
  report.phase('steady', 0, 2);
  report.load('web', progress);
  report.load('web', later);
  t.same(said, ['phase 1/2: steady']);
  const [, first, second] = text().split('\r\u001b[2K');
  t.equal(first, '  web: 1 s, 200 done (200/s), 0 failed, 3 in flight | aaaaa █ 75% bbbbb ▃ 25%');
  t.match(second, '(100/s), 7 failed');
  t.notMatch(text(), '\n', 'the line is rewritten');
});

void t.test('colour only when it is wanted, and lines never wrap', async (t) => {
  const coloured = onTerminal({ colour: true });
  coloured.report.load('web', later);
  t.match(coloured.text(), '\u001b[31m7 failed');
  const narrow = onTerminal({ columns: 30, colour: true });
  narrow.report.load('web', later);
  t.equal(stripVTControlCharacters(narrow.text()).trimStart().length, 27);
});

void t.test('elsewhere plain lines, and not too many', async (t) => {
  const said: string[] = [];
  const report = reportProgress({ say: (line) => said.push(line), terminal: undefined });
  report.phase('steady', 0, 1);
  for (let i = 0; i < 100; i++) report.load('web', progress);
  report.note('stop-node on w1');
  t.same(said, ['phase 1/1: steady', '  stop-node on w1']);
});
