import t from 'tap';
import { CrashBackOff } from './crash-back-off.ts';

void t.test('doubles up to the longest, and forgets after ten minutes of running', async (t) => {
  const backOff = new CrashBackOff(10, 60);
  const waits = [0, 0, 0, 0, 0, 599_999].map((ranMs) => backOff.afterRun(ranMs));
  t.same(waits, [0, 10, 20, 40, 60, 60]);
  t.equal(backOff.afterRun(600_000), 0);
  t.equal(backOff.afterRun(0), 10);
});
