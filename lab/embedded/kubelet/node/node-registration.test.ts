import t from 'tap';
import { startLab, until } from '../kubelet-fixture.ts';

void t.test('the node is registered, kept alive, and told apart from others', async (t) => {
  const lab = startLab();
  t.teardown(() => lab.stop());
  const { client } = lab;
  const node = () => client.get('nodes', undefined, 'w1');
  const ready = () => node().status?.conditions?.find(({ type }) => type === 'Ready');
  const renewal = () => client.get('leases', 'kube-node-lease', 'w1').spec?.renewTime;

  t.match(node().metadata.labels, {
    'kubernetes.io/hostname': 'w1',
    'kubernetes.io/os': /./,
    'kubernetes.io/arch': /./,
  });
  t.match(node().status?.allocatable, { cpu: '2', memory: '2Gi', pods: '110' });
  t.same(
    node().status?.conditions?.map(({ type, status }) => `${type} ${status}`),
    ['MemoryPressure False', 'DiskPressure False', 'PIDPressure False', 'Ready True'],
  );
  t.equal(client.get('leases', 'kube-node-lease', 'w1').spec?.leaseDurationSeconds, 4);
  const first = renewal();
  await until('the lease is renewed', () => renewal() !== first);

  const conditions = node().status!.conditions!.map((condition) => ({ ...condition, status: 'Unknown' }));
  client.update('nodes', { ...node(), status: { ...node().status, conditions } }, { subresource: 'status' });
  await until('a node that was given up reports back', () => ready()?.status === 'True');
  client.delete('nodes', undefined, 'w1');
  await until('a node that was deleted registers again', () => client.find('nodes', undefined, 'w1'));
});
