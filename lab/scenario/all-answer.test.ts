/** A load begins when every ready pod can be reached, not when the API says that it is ready. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { waitUntilAllAnswer } from './all-answer.ts';

const forever = new AbortController().signal;

/** Answers as the pods that the function names, given how many have asked before. */
async function listen(t: Test, podFor: (question: number) => string) {
  let questions = 0;
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'x-pod': podFor(questions++) }).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  const target = { host: '127.0.0.1', port, hostHeader: undefined, probePath: '/livez' };
  return { target, asked: () => questions };
}

void t.test('waits for a pod that the nodes learn of later', async (t) => {
  const { target, asked } = await listen(t, (question) =>
    question >= 20 && question % 3 === 0 ? 'c' : 'ab'[question % 2]!,
  );
  t.same(await waitUntilAllAnswer(target, ['a', 'b', 'c'], 10_000, forever), []);
  t.equal(asked(), 22, 'not longer than needed');
});

void t.test('says which pods cannot be reached', async (t) => {
  const { target } = await listen(t, () => 'a');
  t.same(await waitUntilAllAnswer(target, ['a', 'b'], 100, forever), ['b']);
});

void t.test('what does not answer at all takes no longer', async (t) => {
  const { target } = await listen(t, () => 'a');
  const closed = { ...target, port: 1 };
  t.same(await waitUntilAllAnswer(closed, ['a'], 50, forever), ['a']);
});
