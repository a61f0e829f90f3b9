import t from 'tap';
import { timingOf } from './observed-timing.ts';

void t.test('without a sight of the controller manager the defaults of the version are assumed', async (t) => {
  t.match(timingOf('v1.37.2', []), {
    nodeStatusUpdateFrequencySeconds: 10,
    nodeMonitorPeriodSeconds: 5,
    nodeMonitorGracePeriodSeconds: 50,
    source: /defaults for v1\.37\.2, assumed/,
  });
  t.equal(timingOf('v1.31.14-eks-1234', []).nodeMonitorGracePeriodSeconds, 40);
});

void t.test('what the controller manager was started with is believed', async (t) => {
  const args = ['kube-controller-manager', '--node-monitor-grace-period=1m30s', '--node-monitor-period=500ms'];
  t.match(timingOf('v1.35.0', args), {
    nodeMonitorGracePeriodSeconds: 90,
    nodeMonitorPeriodSeconds: 0.5,
    source: /^kube-controller-manager's arguments/,
  });
  t.equal(timingOf('v1.35.0', ['kube-controller-manager']).nodeMonitorGracePeriodSeconds, 50);
});
