import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { driveAutocannon } from './autocannon.ts';
import { Recorder } from './recorder.ts';
import { toLoadResult } from './recording.ts';
import { SourcePorts } from './source-ports.ts';
import { reconcile } from './testing/reconcile.ts';
import { CalibrationServer } from './testing/server.ts';
import { countEndings, loadSpec } from './testing/spec.ts';
import { takenPort } from './testing/taken-port.ts';

for (const [what, isEveryOneTaken] of [
  ['the next one serves', false],
  ['any one serves, when those given are all taken', true],
] as const) {
  void t.test(`instead of a source port that is taken, ${what}`, async (t) => {
    const server = await CalibrationServer.start(() => ({ kind: 'answer' }));
    t.teardown(() => server.close());
    const taken = await takenPort(t);
    const spec = loadSpec('autocannon', server.port, { requests: 30, connections: 2, keepAlive: false });
    let given = 0;
    const sourcePorts = { take: () => (isEveryOneTaken || given++ % 3 < 2 ? taken : 0) };

    const recorder = new Recorder(spec);
    await driveAutocannon(spec, recorder, new AbortController().signal, sourcePorts);
    const result = toLoadResult(recorder.finish());
    const operations = [...result.operations];
    t.strictSame(countEndings(operations), { 'ok 201': 30 });
    reconcile(t, spec, { ...result, operations }, server);
  });
}

void t.test('connections come from the given ports', async (t) => {
  const seen: number[] = [];
  const server = createServer((request, response) => {
    seen.push(request.socket.remotePort!);
    response.end();
  });
  t.teardown(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const spec = loadSpec('autocannon', port, { requests: 20, connections: 2, keepAlive: false });
  const ports = new SourcePorts();
  const given = new Set<number>();
  const take = () => {
    const next = ports.take();
    given.add(next);
    return next;
  };
  await driveAutocannon(spec, new Recorder(spec), new AbortController().signal, { take });
  t.equal(seen.length, 20);
  t.same(
    seen.filter((port) => !given.has(port)),
    [],
  );
});
