import t from 'tap';
import { createPortProbe } from './ports.ts';

void t.test('a port is taken when a program listens on it on all addresses', (t) => {
  const sockets = [
    { address: '*', port: 30_080 },
    { address: '127.0.0.1', port: 30_081 },
  ];
  const { isPortFree } = createPortProbe(() => sockets);
  t.equal(isPortFree(30_080), false);
  t.equal(isPortFree(30_081), true, 'one on another address does not matter');
  t.equal(isPortFree(30_082), true);
  t.end();
});

void t.test('without a table of sockets the answer is that of a recent probe', async (t) => {
  let time = 0;
  const { isPortFree } = createPortProbe(
    () => undefined,
    () => Promise.reject(new Error('in use')),
    () => time,
  );
  t.equal(isPortFree(30_080), true, 'not known yet');
  await Promise.resolve();
  await Promise.resolve();
  t.equal(isPortFree(30_080), false);
  time = 31_000;
  t.equal(isPortFree(30_080), true, 'too long ago: probed again');
});
