import { fail, ok, skipped, type HostCheck } from '../check.ts';

const HTTP_PORT = 80;
const SSH_PORT = 22;
const API_PORT = 6443;

/** Before the machines exist nobody may answer at their addresses: another lab, or another network's machine. */
export const addresses: HostCheck = {
  name: 'addresses are free',
  providers: ['vagrant'],
  async run(host, file) {
    const { stdout } = await host.run('vagrant', 'status', '--machine-readable');
    if (/,state,running/.test(stdout)) return skipped('the machines are running');
    const places = [
      { address: file.network.ingressAddress, port: HTTP_PORT },
      ...file.nodes.flatMap(({ address }) => [SSH_PORT, API_PORT].map((port) => ({ address, port }))),
    ];
    const taken = await Promise.all(places.map(({ address, port }) => host.accepts(address, port)));
    const found = places.filter((_, index) => taken[index]);
    if (found.length === 0) return ok('nobody answers there');
    const list = found.map(({ address, port }) => `${address}:${port}`).join(', ');
    return fail(
      `somebody answers at ${list}`,
      'stop the other lab (vagrant global-status), or take other addresses in provision/cluster.yaml',
    );
  },
};
