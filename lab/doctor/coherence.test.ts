import t from 'tap';
import { loadClusterFile, type ClusterFile } from '../providers/cluster-file.ts';
import { contradictions } from './coherence.ts';

const file = await loadClusterFile();
const changed = (network: Partial<ClusterFile['network']>): ClusterFile => ({
  ...file,
  network: { ...file.network, ...network },
});

void t.test('the project’s own description has none', async (t) => {
  t.same(contradictions(file), []);
});

void t.test('each is named', async (t) => {
  t.match(contradictions(changed({ podCidr: '192.168.0.0/16' })), ['podCidr overlaps hostOnlyCidr']);
  t.match(contradictions(changed({ serviceCidr: '10.244.128.0/20' })), ['podCidr overlaps serviceCidr']);
  t.match(contradictions(changed({ ingressAddress: '192.168.56.100' })), [
    'ingressAddress is not in loadBalancerRange',
  ]);
  t.match(
    contradictions(changed({ loadBalancerRange: '192.168.56.9-192.168.56.10', ingressAddress: '192.168.56.9' })),
    ["cp's address is in loadBalancerRange"],
  );
});

void t.test('a Kubernetes that a component was not tested with', async (t) => {
  const problems = contradictions({ ...file, kubernetesVersion: 'v1.37.2' });
  t.match(problems.join('\n'), /calico/);
  t.match(problems.join('\n'), /ingress-nginx/);
});
