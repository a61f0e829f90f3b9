import t from 'tap';
import { storeHistory } from '../history/store.ts';
import { loadBalanceRun, lostLogsRun } from '../history/testing-runs.ts';
import { compareStored, renderComparison } from './compare.ts';

void t.test('compares stored runs, and says in what else they differ', async (t) => {
  const directory = t.testdir({ a: {}, b: {} });
  const candidate = lostLogsRun(2);
  candidate.environment.machine.cpus = 8;
  await storeHistory(`${directory}/a`, loadBalanceRun());
  await storeHistory(`${directory}/b`, candidate);
  const comparison = await compareStored([`${directory}/a`], [`${directory}/b`]);
  t.same(comparison.circumstances, ['machine.cpus: 8 instead of 2']);
  const text = renderComparison(comparison);
  t.match(text, '| `ledger.lost` | 0 | 2 | – | worse | must be 0 |');
  t.match(text, 'machine.cpus: 8 instead of 2');
});
