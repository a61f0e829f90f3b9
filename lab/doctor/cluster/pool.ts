import { fail, ok, type ClusterCheck } from '../check.ts';

export const pool: ClusterCheck = {
  name: 'MetalLB announces the pool',
  providers: ['vagrant'],
  async run(cluster, file) {
    const fix = 'npm run lab:up -- --provider vagrant makes the pool again';
    const pools = await cluster.list('metallb.io/v1beta1', 'IPAddressPool', { namespace: 'metallb-system' });
    const ranges = pools.flatMap(({ spec }) => (spec?.addresses ?? []) as string[]);
    if (!ranges.includes(file.network.loadBalancerRange))
      return fail(`there is no pool ${file.network.loadBalancerRange}`, fix);
    const advertisements = await cluster.list('metallb.io/v1beta1', 'L2Advertisement', { namespace: 'metallb-system' });
    return advertisements.length > 0
      ? ok(`${file.network.loadBalancerRange}, in layer 2`)
      : fail('no L2Advertisement: addresses are handed out, but nobody answers for them', fix);
  },
};
