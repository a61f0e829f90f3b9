import t from 'tap';
import { nodeFailureRun } from '../history/testing-runs.ts';
import { buildReport } from './build.ts';

void t.test('of a fault that could not be done nobody is said to have noticed anything', async (t) => {
  t.match(buildReport(nodeFailureRun(), {}).answer, /After stop-node on w1, clients had recovered in/);
  const history = nodeFailureRun();
  Object.assign(history.faults[0]!, { error: 'this provider cannot stop a node', target: '' });
  const { answer } = buildReport(history, {});
  t.match(answer, /^This run cannot say \(the fault stop-node failed: this provider cannot stop a node\)/);
  t.notMatch(answer, /noticed|recovered/);
});
