import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { generate } from './generation.ts';
import type { GeneratedLog } from './logs.ts';
import type { Delivery } from './sender.ts';

const stored: Delivery = { outcome: 'stored', retries: 0, pod: 'p', node: 'n' };
const never = new AbortController().signal;

void t.test('counts what became of each log', async (t) => {
  const deliveries: Delivery[] = [
    stored,
    { outcome: 'duplicate', retries: 1, pod: 'q', node: 'n' },
    { outcome: 'failed', retries: 2, pod: '', node: '' },
    { outcome: 'indeterminate', retries: 5, pod: '', node: '' },
  ];
  const sender = { send: async () => deliveries.shift()! };
  const result = await generate({ count: 4, rate: undefined, seed: 7 }, sender, 1, never);
  t.match(result, {
    seed: 7,
    sent: 4,
    acknowledged: 2,
    duplicates: 1,
    failed: 1,
    indeterminate: 1,
    retried: 8,
    byPod: { p: 1, q: 1 },
    byNode: { n: 2 },
  });
});

void t.test('holds the rate within 1 %, also when answers take their time', async (t) => {
  const sender = { send: () => sleep(20, stored) };
  const stalls = monitorEventLoopDelay({ resolution: 1 });
  stalls.enable();
  const { achievedRate } = await generate({ count: 500, rate: 500, seed: 1 }, sender, 64, never);
  stalls.disable();
  // A machine that does not let the process run at the end of this second is not the generator's fault.
  const allowed = 0.01 + stalls.max / 1e9;
  t.ok(Math.abs(achievedRate / 500 - 1) < allowed, `${achievedRate} per second, ${allowed} allowed`);
});

void t.test('has no more under way than allowed', async (t) => {
  let underWay = 0;
  let most = 0;
  const sender = {
    send: async () => {
      most = Math.max(most, ++underWay);
      await sleep(1);
      underWay--;
      return stored;
    },
  };
  await generate({ count: 100, rate: undefined, seed: 1 }, sender, 8, never);
  t.equal(most, 8);
});

void t.test('ends early when it is told to, after what is under way', async (t) => {
  const stopping = new AbortController();
  const seen: GeneratedLog[] = [];
  const sender = {
    send: async (log: GeneratedLog) => {
      seen.push(log);
      if (seen.length === 10) stopping.abort();
      await sleep(5);
      return stored;
    },
  };
  const result = await generate({ count: Infinity, rate: 1000, seed: 1 }, sender, 4, stopping.signal);
  t.match(result, { sent: 10, acknowledged: 10 });
});
