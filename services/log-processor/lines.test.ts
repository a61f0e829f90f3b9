import t from 'tap';
import { splitLines } from './lines.ts';

async function split(chunks: string[], limitBytes = 10): Promise<[number, string | null][]> {
  async function* source() {
    for (const chunk of chunks) yield Buffer.from(chunk, 'latin1');
  }
  const lines: [number, string | null][] = [];
  for await (const batch of splitLines(source(), limitBytes)) {
    for (const { number, bytes } of batch) lines.push([number, bytes?.toString('latin1') ?? null]);
  }
  return lines;
}

void t.test('lines, however they are cut into chunks', async (t) => {
  const text = 'one\ntwo\r\n\n0123456789\nfive';
  const expected = [
    [1, 'one'],
    [2, 'two'],
    [4, '0123456789'],
    [5, 'five'],
  ];
  t.same(await split([text]), expected);
  t.same(await split(text.split('')), expected);
  t.same(await split([text.slice(0, 6), text.slice(6, 7), text.slice(7)]), expected);
  t.same(await split([]), []);
  t.same(await split(['\n\n']), []);
});

void t.test('a line that is too long is told, not kept', async (t) => {
  t.same(await split(['a\n0123456789X\nb\n']), [
    [1, 'a'],
    [2, null],
    [3, 'b'],
  ]);
  t.same(await split(['0123456789\r\n', '0123456789X\r\n']), [
    [1, '0123456789'],
    [2, null],
  ]);
  t.same(await split([...Array.from({ length: 100 }, () => 'xxxx'), '\nb']), [
    [1, null],
    [2, 'b'],
  ]);
});
