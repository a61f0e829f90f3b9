import t from 'tap';
import { SourcePorts } from './source-ports.ts';

void t.test('a port comes again only when it has been forgotten', async (t) => {
  const startMs = 1_800_000_000_000;
  const seen = new Set<number>();
  // Two loads of 200 a second for a minute each, one after the other.
  for (const load of [0, 1]) {
    const ports = new SourcePorts([32_768, 60_999]);
    for (let index = 0; index < 12_000; index += 1) {
      const atMs = startMs + load * 60_000 + index * 5;
      const port = ports.take(atMs);
      if (port < 32_768 || port > 60_999) t.fail(`${port} is not in the range`);
      seen.add(port);
    }
  }
  t.equal(seen.size, 24_000);
});

void t.test('a load that is faster than that takes them one by one', async (t) => {
  const ports = new SourcePorts([50_000, 50_003]);
  const [first] = [ports.take(0)];
  const following = [ports.take(0), ports.take(0), ports.take(0), ports.take(0)];
  t.same(
    following.map((port) => (port - first + 4) % 4),
    [1, 2, 3, 0],
  );
});
