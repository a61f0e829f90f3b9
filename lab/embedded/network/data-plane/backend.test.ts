import t from 'tap';
import { createAffinity } from './affinity.ts';
import { Backend } from './backend.ts';

const endpoint = (port: number) => ({ id: `127.20.1.2:${port}`, host: '127.20.1.2', port });
const endpoints = [1, 2, 3, 4].map(endpoint);

function backendOf(config: Parameters<Backend['update']>[0]): Backend {
  const backend = new Backend();
  backend.update(config);
  return backend;
}

/** Pearson's statistic against equal shares. */
function chiSquare(counts: number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

void t.test('each new connection is an independent, uniformly random choice', (t) => {
  const backend = backendOf({ endpoints });
  const picks = Array.from({ length: 100_000 }, () => backend.pick('127.0.0.1')!.port - 1);
  const counts = [0, 0, 0, 0];
  for (const pick of picks) counts[pick]!++;
  // 3 degrees of freedom: exceeded once in 10^9 runs. A round robin has 0, which is as unlikely as a skew.
  t.ok(chiSquare(counts) < 44.8, `uniform: ${counts.join(' ')}`);
  const pairs = Array.from({ length: 16 }, () => 0);
  for (let i = 1; i < picks.length; i += 2) pairs[picks[i - 1]! * 4 + picks[i]!]!++;
  // 15 degrees of freedom: 75.8 is exceeded once in 2 x 10^9 runs.
  t.ok(chiSquare(pairs) < 75.8, `independent of the one before: ${pairs.join(' ')}`);
  t.ok(chiSquare(pairs) > 0.5, 'and not in turn');
  t.end();
});

void t.test('requests go to each in its turn', (t) => {
  const backend = backendOf({ endpoints });
  const ports = Array.from({ length: 12 }, () => backend.next()!.port);
  const [first = 0] = ports;
  t.same(
    ports,
    Array.from({ length: 12 }, (_, i) => ((first - 1 + i) % 4) + 1),
  );
  t.end();
});

void t.test('without an endpoint there is no choice', (t) => {
  const backend = backendOf({ endpoints: [] });
  t.equal(backend.pick('127.0.0.1'), undefined);
  t.equal(backend.next(), undefined);
  t.end();
});

const picks = (backend: Backend) => Array.from({ length: 100 }, () => backend.pick('127.0.0.1')!.id);

void t.test('a client keeps its endpoint as long as that is there', (t) => {
  const backend = backendOf({ endpoints, affinitySeconds: 60 });
  const first = backend.pick('127.0.0.1')!;
  t.ok(picks(backend).every((id) => id === first.id));
  backend.update({ endpoints: endpoints.filter(({ id }) => id !== first.id), affinitySeconds: 60 });
  const second = backend.pick('127.0.0.1')!;
  t.not(second.id, first.id);
  backend.update({ endpoints, affinitySeconds: 60 });
  t.ok(picks(backend).every((id) => id === second.id));
  t.end();
});

void t.test('a client that was silent for too long is a new one', (t) => {
  let time = 0;
  const affinity = createAffinity(10, () => time);
  affinity.keep('a', 'x');
  time = 9_999;
  t.equal(affinity.find('a'), 'x');
  affinity.keep('a', 'x');
  time = 19_998;
  t.equal(affinity.find('a'), 'x', 'each connection begins the time anew');
  time = 19_999;
  t.equal(affinity.find('a'), undefined);
  t.end();
});

void t.test('endpoints that stay keep their counts', (t) => {
  const backend = backendOf({ endpoints });
  backend.endpoints[1]!.counts.total = 7;
  backend.update({ endpoints: endpoints.slice(1) });
  t.equal(backend.endpoints[0]!.counts.total, 7);
  t.end();
});
