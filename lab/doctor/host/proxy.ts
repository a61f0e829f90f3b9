import { fail, ok, warn, type HostCheck } from '../check.ts';
import { contains, parseRange } from '../ipv4.ts';

const PROXY_VARIABLES = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'];

/** A proxy for everything swallows requests to the cluster; the machines do not know it at all. */
export const proxy: HostCheck = {
  name: 'proxies',
  providers: ['vagrant', 'kubeconfig'],
  async run(host, file) {
    const used = PROXY_VARIABLES.filter((name) => (host.environment[name] ?? '') !== '');
    if (used.length === 0) return ok('none');
    const exceptions = (host.environment['no_proxy'] ?? host.environment['NO_PROXY'] ?? '').split(',');
    const { hostOnlyCidr, ingressHost } = file.network;
    if (!exceptions.some((entry) => covers(entry.trim(), hostOnlyCidr))) {
      return fail(
        `${used.join(', ')} also takes requests to the cluster`,
        `export no_proxy="$no_proxy,${hostOnlyCidr},.${ingressHost.split('.').at(-1)}" (and NO_PROXY)`,
      );
    }
    return warn(
      `${used.join(', ')}: the machines are not told of it and download directly`,
      'if they cannot, make a bundle where they can: npm run lab:bundle, then lab:up -- --bundle DIRECTORY',
    );
  },
};

function covers(entry: string, cidr: string): boolean {
  if (entry === '*') return true;
  return /^\d+(\.\d+){3}(\/\d+)?$/.test(entry) && contains(parseRange(entry), parseRange(cidr));
}
