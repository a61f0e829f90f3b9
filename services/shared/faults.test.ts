import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { Contract } from '../openapi/contract.ts';
import { addFaults } from './faults.ts';
import { createService } from './service.ts';
import { silentLogger } from './testing/silent-logger.ts';

const identity = { pod: 'pod-1', node: 'node-1' };

function build() {
  const done: string[] = [];
  const { app } = createService({
    identity,
    logger: silentLogger,
    bodyLimitBytes: 1024,
    checkReadiness: async () => null,
  });
  addFaults(app, identity, { crash: () => done.push('crash'), pause: (ms) => done.push(`pause ${ms}`) });
  const post = (payload: object) => app.inject({ method: 'POST', url: '/lab/faults', payload });
  return { app, done, post };
}

void t.test('a crash comes after the answer, a pause before it', async (t) => {
  const { done, post } = build();
  const answer = await post({ crash: true });
  t.equal(answer.statusCode, 202);
  t.same(answer.json(), { ...identity, crash: true });
  await turn();
  t.same(done, ['crash']);
  await post({ pauseMs: 250 });
  t.same(done, ['crash', 'pause 250']);
});

void t.test('a delay holds up every other answer, for its time or until it is ended', async (t) => {
  const { app, post } = build();
  const timed = async (): Promise<number> => {
    const startedAt = performance.now();
    await app.inject('/livez');
    return performance.now() - startedAt;
  };
  await timed();
  await post({ delayMs: 400, forMs: 60_000 });
  t.ok((await timed()) >= 399, 'delayed');
  await post({ delayMs: 0 });
  t.ok((await timed()) < 399, 'ended');
  await post({ delayMs: 400, forMs: 1 });
  // The first may still be held up; forMs is long over when it comes back.
  await timed();
  t.ok((await timed()) < 399, 'over');
});

void t.test('answers are as documented', async (t) => {
  const { post } = build();
  const contract = new Contract('faults');
  for (const [payload, status] of [[{ pauseMs: 1 }, 202] as const, [{ pauseMs: -1 }, 400] as const]) {
    const { headers, body } = await post(payload);
    const response = { headers: new Headers(headers as Record<string, string>), body };
    t.same(contract.problemsOf(`POST /lab/faults ${status}`, response), []);
  }
});

void t.test('what is no fault is refused', async (t) => {
  const { done, post } = build();
  for (const payload of [{}, { crash: true, pauseMs: 1 }, { pauseMs: 5, forMs: 5 }, { crash: false }, { pauseMs: 0 }]) {
    t.equal((await post(payload)).statusCode, 400, JSON.stringify(payload));
  }
  t.same(done, []);
});
