import { fail, ok, skipped, type HostCheck } from '../check.ts';
import { overlaps, parseRange } from '../ipv4.ts';

/** VirtualBox runs a DHCP server on host-only networks whose default range is .101 to .254. */
export const dhcp: HostCheck = {
  name: 'DHCP leaves the addresses alone',
  providers: ['vagrant'],
  async run(host, file) {
    if (host.hypervisor !== 'virtualbox') return skipped('only VirtualBox runs a DHCP server there');
    const { exitCode, stdout } = await host.run('VBoxManage', 'list', 'dhcpservers');
    if (exitCode !== 0) return skipped('VBoxManage does not answer');
    const pool = parseRange(file.network.loadBalancerRange);
    const taken = [pool, ...file.nodes.map(({ address }) => parseRange(address))];
    const server = dhcpServers(stdout).find(
      ({ enabled, range }) => enabled && taken.some((own) => overlaps(range, own)),
    );
    if (server === undefined) return ok('none hands out the addresses of the cluster');
    return fail(
      `the DHCP server of ${server.network} hands out addresses of the cluster`,
      `VBoxManage dhcpserver remove --network="${server.network}" (the machines have fixed addresses)`,
    );
  },
};

/** Blocks of `Key: value` lines, one for each server. */
function dhcpServers(output: string): { network: string; enabled: boolean; range: ReturnType<typeof parseRange> }[] {
  return output.split(/^(?=NetworkName:)/m).flatMap((block) => {
    const value = (key: string): string | undefined => new RegExp(`^${key}:\\s*(.+)$`, 'mi').exec(block)?.[1]?.trim();
    const [network, lower, upper] = [value('NetworkName'), value('lowerIPAddress'), value('upperIPAddress')];
    if (network === undefined || lower === undefined || upper === undefined) return [];
    return [{ network, enabled: /yes/i.test(value('Enabled') ?? ''), range: parseRange(`${lower}-${upper}`) }];
  });
}
