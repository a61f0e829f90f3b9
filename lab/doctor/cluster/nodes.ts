import { isConditionTrue } from '../../cluster/objects.ts';
import { fail, ok, type ClusterCheck } from '../check.ts';

/** A kubelet that was not told its address takes that of the first interface, which on VirtualBox is 10.0.2.15 on all. */
export const nodes: ClusterCheck = {
  name: 'nodes',
  providers: ['vagrant'],
  async run(cluster, file) {
    const seen = new Map((await cluster.list('v1', 'Node')).map((node) => [node.metadata.name, node]));
    for (const { name, address } of file.nodes) {
      const node = seen.get(name);
      if (node === undefined)
        return fail(`${name} has not joined`, 'npm run lab:up -- --provider vagrant continues with what is missing');
      const addresses = (node.status?.addresses ?? []) as { type: string; address: string }[];
      const internal = addresses.find(({ type }) => type === 'InternalIP')?.address;
      if (internal !== address) {
        return fail(
          `${name} has the address ${internal}, not ${address}: the kubelet took another network card`,
          'look at node-ip in /var/lib/kubelet/kubeadm-flags.env on it, then restart kubelet',
        );
      }
      if (!isConditionTrue(node, 'Ready')) {
        return fail(`${name} is not Ready`, `vagrant up ${name}, or on it: journalctl -u kubelet -n 50`);
      }
    }
    return ok(`${file.nodes.length} Ready, each at its own address`);
  },
};

export const nodesOfAny: ClusterCheck = {
  name: 'nodes',
  providers: ['embedded', 'kubeconfig', 'kind'],
  async run(cluster) {
    const seen = await cluster.list('v1', 'Node');
    const away = seen.filter((node) => !isConditionTrue(node, 'Ready')).map(({ metadata }) => metadata.name);
    if (away.length === 0) return ok(`${seen.length} Ready`);
    return fail(`${away.join(', ')} not Ready`, 'kubectl describe node says why; most faults heal by themselves');
  },
};
