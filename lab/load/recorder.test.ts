import t from 'tap';
import { endingOfLoss, type Ending } from './classify.ts';
import { Recorder } from './recorder.ts';
import { toLoadResult } from './recording.ts';

const ok: Ending = { outcome: 'ok', status: 201, pod: 'p-1', node: 'w1', error: '' };
const make = () => new Recorder({ runOriginMs: performance.timeOrigin + performance.now() });

void t.test('what goes in comes out', async (t) => {
  const recorder = make();
  const [first, second] = [recorder.begin(1), recorder.begin(2)];
  const connection = recorder.connectionOpened();
  recorder.sent(second, 3.5);
  recorder.carriedBy(second, connection);
  recorder.end(second, ok);
  recorder.end(first, endingOfLoss('ECONNREFUSED', false));
  recorder.dropped++;
  const { operations, dropped, connectionsOpened, startedAt, endedAt } = toLoadResult(recorder.finish());
  const [refused, stored] = [...operations];
  t.match(refused, {
    seq: 0,
    connection: -1,
    intendedAt: 1,
    outcome: 'fail',
    status: 0,
    pod: '',
    error: 'ECONNREFUSED',
  });
  t.equal(refused!.startedAt, refused!.endedAt, 'what was never sent starts when it ends');
  t.match(stored, { seq: 1, connection: 0, intendedAt: 2, startedAt: 3.5, outcome: 'ok', status: 201, pod: 'p-1' });
  t.match(stored, { node: 'w1', error: '' });
  t.strictSame([dropped, connectionsOpened, endedAt], [1, 1, refused!.endedAt]);
  t.ok(startedAt >= 0 && endedAt >= startedAt);
});

void t.test('an operation ends once, and all end', async (t) => {
  const recorder = make();
  const seq = recorder.begin(0);
  t.throws(() => recorder.finish(), /1 operations have not ended/);
  recorder.end(seq, ok);
  t.throws(() => recorder.end(seq, ok), /operation 0 ended twice/);
});

void t.test('abandoned operations: aborted if they were sent', async (t) => {
  const recorder = make();
  recorder.end(recorder.begin(0), ok);
  recorder.sent(recorder.begin(0), 1);
  recorder.begin(0);
  recorder.abandon();
  const { operations } = toLoadResult(recorder.finish());
  t.strictSame(
    Array.from(operations, ({ outcome, error }) => `${outcome} ${error}`),
    ['ok ', 'info aborted', 'fail not-sent'],
  );
});

void t.test('progress', async (t) => {
  const recorder = make();
  for (const pod of ['a', 'b', 'a']) recorder.end(recorder.begin(0), { ...ok, pod });
  recorder.end(recorder.begin(0), endingOfLoss('ECONNRESET', true));
  recorder.begin(0);
  t.match(recorder.progress(), { completed: 4, failed: 1, inFlight: 1 });
  t.strictSame(recorder.progress().byPod, { a: 2, b: 1 });
});

void t.test('a hundred thousand operations', async (t) => {
  const count = 100_000;
  const recorder = make();
  for (let seq = 0; seq < count; seq++) recorder.end(recorder.begin(seq), { ...ok, pod: `p-${seq % 7}` });
  const { operations } = toLoadResult(recorder.finish());
  t.equal(operations.length, count);
  t.ok([...operations].every(({ seq, intendedAt, pod }) => intendedAt === seq && pod === `p-${seq % 7}`));
});
