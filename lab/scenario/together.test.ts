import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { abortable, together } from './together.ts';

const never = (signal: AbortSignal): Promise<void> => delay(60_000, undefined, { signal });
const wrong = new Error('wrong');

void t.test('all results, in their order', async (t) => {
  t.same(await together(new AbortController().signal, () => [delay(5, 'a'), undefined, 'c'] as const), [
    'a',
    undefined,
    'c',
  ]);
});

void t.test('a failure ends the others, is thrown, and nothing is still under way', async (t) => {
  let ended = false;
  const slow = async (signal: AbortSignal): Promise<void> => {
    await never(signal).catch(() => undefined);
    await delay(20);
    ended = true;
  };
  await t.rejects(
    together(new AbortController().signal, (signal) => [slow(signal), Promise.reject(wrong), never(signal)]),
    wrong,
  );
  t.ok(ended, 'it waited for the slow one');
});

void t.test('an abortion from outside is thrown as such', async (t) => {
  const controller = new AbortController();
  const run = together(controller.signal, (signal) => [never(signal)]);
  controller.abort(wrong);
  await t.rejects(run, wrong);
});

void t.test('what cannot be ended is left alone when the signal aborts', async (t) => {
  const controller = new AbortController();
  t.equal(await abortable(delay(1, 'done'), controller.signal), 'done');
  const left = abortable(Promise.withResolvers<void>().promise, controller.signal);
  controller.abort(wrong);
  await t.rejects(left, wrong);
});
