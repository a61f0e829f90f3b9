import t from 'tap';
import type { Operation } from './load.ts';
import { Operations } from './operations.ts';

function operation(seq: number): Operation {
  return {
    seq,
    connection: seq % 7 === 0 ? -1 : seq % 50,
    intendedAt: seq / 3,
    startedAt: seq / 3 + 0.125,
    endedAt: seq / 3 + 4.5,
    outcome: (['ok', 'fail', 'info'] as const)[seq % 3]!,
    status: seq % 3 === 2 ? 0 : 201,
    pod: seq % 3 === 2 ? '' : `pod-${seq}`,
    node: `node-${seq % 2}`,
    error: seq % 3 === 2 ? 'timeout' : '',
  };
}

const made = Array.from({ length: 100_000 }, (_, seq) => operation(seq));

void t.test('what goes in comes out, also when there are more names than 16 bits can number', async (t) => {
  const operations = Operations.from(made);
  t.equal(operations.length, made.length);
  t.strictSame([...operations], made);
  t.strictSame(operations.get(99_999), made.at(-1));
  t.equal(operations.pod(99_999), 'pod-99999');
});

void t.test('a row is a copy; set puts it back', async (t) => {
  const operations = Operations.from(made.slice(0, 3));
  const row = operations.get(1);
  row.error = 'ECONNRESET';
  t.equal(operations.error(1), '');
  operations.set(1, row);
  t.strictSame([...operations], [made[0], row, made[2]]);
});

void t.test('picked operations are a table of their own', async (t) => {
  const operations = Operations.from(made.slice(0, 100));
  const picked = operations.pick([70, 8]);
  t.strictSame([...picked], [made[70], made[8]]);
  picked.push(made[99]!);
  operations.changeTimes((milliseconds) => milliseconds + 1);
  t.strictSame([...picked], [made[70], made[8], made[99]]);
  const { intendedAt, startedAt, endedAt } = operations.get(8);
  t.strictSame([intendedAt, startedAt, endedAt], [8 / 3 + 1, 8 / 3 + 1.125, 8 / 3 + 5.5]);
});
