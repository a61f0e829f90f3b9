import t from 'tap';
import { createAddressRing } from './address-ring.ts';

void t.test('addresses are given out in turn and rest for a minute', (t) => {
  let time = 0;
  const ring = createAddressRing('127.20.1.', () => time);
  const all = Array.from({ length: 253 }, () => ring.take());
  t.equal(new Set(all).size, 253);
  t.equal(all[0], '127.20.1.2');
  t.equal(all.at(-1), '127.20.1.254');
  t.throws(() => ring.take(), /no free pod address in 127\.20\.1\.0\/24/);
  ring.release('127.20.1.9');
  time = 59_999;
  t.throws(() => ring.take(), /no free pod address/, 'still resting');
  time = 60_000;
  t.equal(ring.take(), '127.20.1.9');
  t.end();
});

void t.test('an address given up is not the next one given out', (t) => {
  const ring = createAddressRing('127.20.1.');
  const first = ring.take();
  ring.release(first);
  t.not(ring.take(), first);
  t.end();
});
