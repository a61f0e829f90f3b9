import { setImmediate as nextTurn } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { GroupCommit, type GroupCommitLimits } from './group-commit.ts';

const LIMITS: GroupCommitLimits = {
  batchItems: 100,
  batchBytes: 1000,
  queueItems: 200,
  queueBytes: 2000,
  queueMs: 60_000,
};

function items(...names: string[]) {
  return names.map((name) => ({ name, bytes: 1 }));
}

/** A database whose commits end when the test says so. */
function setUp(limits: Partial<GroupCommitLimits> = {}) {
  const batches: { items: string[]; commit: () => void; fail: (error: Error) => void }[] = [];
  const commit = new GroupCommit<{ name: string; bytes: number }, string>({
    limits: { ...LIMITS, ...limits },
    queueFull: () => new Error('full'),
    queueTimeout: () => new Error('too late'),
    write: (items) =>
      new Promise((resolve, reject) => {
        const names = items.map(({ name }) => name);
        batches.push({ items: names, commit: () => resolve(names.map((name) => `${name} stored`)), fail: reject });
      }),
  });
  const submit = (...names: string[]) => Promise.all(items(...names).map((item) => commit.submit(item)));
  const submitTogether = (...names: string[]) => commit.submitWhenRoom(items(...names));
  return { batches, commit, submit, submitTogether };
}

void t.test('gathers what arrives while a batch is being committed', async (t) => {
  const { batches, submit, commit } = setUp();
  const first = submit('a');
  await nextTurn();
  const others = submit('b', 'c', 'd');
  await nextTurn();
  t.same(
    batches.map(({ items }) => items),
    [['a']],
    'too few to follow at once',
  );
  t.equal(commit.depth, 3);
  batches[0]?.commit();
  t.same(await first, ['a stored']);
  t.same(batches[1]?.items, ['b', 'c', 'd']);
  batches[1]?.commit();
  t.same(await others, ['b stored', 'c stored', 'd stored']);
  t.equal(commit.depth, 0);
});

void t.test('sends a second batch behind the first when it is worth it, and never a third', async (t) => {
  const { batches, submit } = setUp();
  const many = 'abcdefgh'.split('');
  const submissions = [submit('x')];
  await nextTurn();
  submissions.push(submit(...many));
  await nextTurn();
  submissions.push(submit(...many));
  await nextTurn();
  t.equal(batches.length, 2);
  batches[0]?.commit();
  batches[1]?.commit();
  await nextTurn();
  t.equal(batches.length, 3);
  batches[2]?.commit();
  await Promise.all(submissions);
});

/** Sizes of the batches when each client sends again as soon as it is answered, which is when its batch is the oldest. */
async function sizesOfBatches(t: Test, { batches, submit }: ReturnType<typeof setUp>, clients: number, rounds: number) {
  const sizes: number[] = [];
  const answers = new Map<string, Promise<unknown>>();
  const send = (names: string[]) => names.forEach((name) => answers.set(name, submit(name)));
  const done = batches.length;
  send(Array.from({ length: clients }, (_, client) => `client ${client}`));
  for (let round = 0; round < rounds; round++) {
    await nextTurn();
    const { items, commit } = batches[done + round]!;
    commit();
    t.same(
      await Promise.all(items.map((name) => answers.get(name)!)),
      items.map((name) => [`${name} stored`]),
    );
    send(items);
    sizes.push(items.length);
  }
  return sizes;
}

const isAboutHalf = (size: number) => size >= 16 && size <= 48;

void t.test('halves what is under way, although it is sent again together', async (t) => {
  const sizes = await sizesOfBatches(t, setUp(), 64, 40);
  t.ok(sizes.slice(-10).every(isAboutHalf), `batches of ${sizes.join(', ')}`);
});

void t.test('forgets in time how much was under way in a burst', async (t) => {
  const queue = setUp({ batchItems: 500, queueItems: 500 });
  const burst = queue.submit(...Array.from({ length: 500 }, (_, index) => `burst ${index}`));
  for (let batch = 0; batch < 3; batch++) {
    await nextTurn();
    queue.batches[batch]!.commit();
  }
  await burst;
  const sizes = await sizesOfBatches(t, queue, 64, 200);
  t.equal(sizes[0], 64);
  t.ok(sizes.slice(-10).every(isAboutHalf), `batches of ${sizes.join(', ')}`);
});

void t.test('keeps batches within their limits, and together what was submitted together', async (t) => {
  const { batches, submit, submitTogether, commit } = setUp({ batchItems: 3, batchBytes: 500 });
  const all = Promise.all([
    submitTogether('a', 'b'),
    submitTogether('c', 'd'),
    submit('e'),
    commit.submit({ name: 'big', bytes: 900 }),
  ]);
  for (let turn = 0; turn < 4; turn++) {
    await nextTurn();
    batches[turn]?.commit();
  }
  await all;
  t.same(
    batches.map(({ items }) => items),
    [['a', 'b'], ['c', 'd', 'e'], ['big']],
  );
});

void t.test('a full queue refuses at once, and a patient sender waits', async (t) => {
  const { batches, submit, commit } = setUp({ queueItems: 4, batchItems: 4 });
  const first = submit('a');
  await nextTurn();
  const second = submit('b', 'c', 'd', 'e');
  await t.rejects(submit('f'), { message: 'full' });
  let patientIsDone = false;
  const patient = commit.submitWhenRoom(items('g')).then(() => (patientIsDone = true));
  await nextTurn();
  t.equal(commit.depth, 4);
  batches[0]?.commit();
  await first;
  batches[1]?.commit();
  await second;
  t.notOk(patientIsDone);
  await nextTurn();
  await nextTurn();
  t.same(batches[2]?.items, ['g']);
  batches[2]?.commit();
  await patient;
});

void t.test('a failure reaches those of its batch only', async (t) => {
  const { batches, submit } = setUp();
  const first = submit('a');
  await nextTurn();
  const second = submit('b');
  batches[0]?.fail(new Error('lost'));
  await t.rejects(first, { message: 'lost' });
  batches[1]?.commit();
  t.same(await second, ['b stored']);
});

void t.test('nobody waits in the queue for longer than allowed', async (t) => {
  const { batches, submit } = setUp({ queueMs: -1 });
  await t.rejects(submit('a'), { message: 'too late' });
  t.equal(batches.length, 0);
});
