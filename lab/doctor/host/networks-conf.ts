import { fail, ok, skipped, type HostCheck } from '../check.ts';
import { contains, parseRange } from '../ipv4.ts';

/** VirtualBox 6.1.28 and later allow host-only addresses only here, unless the file says otherwise. */
const DEFAULT_RANGE = '192.168.56.0/21';

export const networksConf: HostCheck = {
  name: '/etc/vbox/networks.conf',
  providers: ['vagrant'],
  async run(host, file) {
    if (host.hypervisor !== 'virtualbox' || host.platform === 'win32') return skipped('only VirtualBox reads it');
    const text = await host.readFile('/etc/vbox/networks.conf');
    const allowed = allowedRanges(text);
    const wanted = parseRange(file.network.hostOnlyCidr);
    if (allowed.some((range) => contains(parseRange(range), wanted))) return ok(`allows ${file.network.hostOnlyCidr}`);
    return fail(
      `allows ${allowed.join(', ') || 'nothing'}, not ${file.network.hostOnlyCidr}`,
      `add the line "* ${file.network.hostOnlyCidr}" to /etc/vbox/networks.conf`,
    );
  },
};

/** Lines that begin with an asterisk, ranges separated by blanks; IPv6 is passed over. */
function allowedRanges(text: string | undefined): string[] {
  if (text === undefined) return [DEFAULT_RANGE];
  const lines = text.split('\n').filter((line) => line.startsWith('*'));
  return lines.flatMap((line) => line.slice(1).trim().split(/\s+/)).filter((range) => /^\d+(\.\d+){3}/.test(range));
}
