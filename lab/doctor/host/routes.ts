import { fail, ok, skipped, warn, type Host, type HostCheck } from '../check.ts';
import { overlaps, parseRange } from '../ipv4.ts';

export interface Route {
  destination: string;
  device: string;
}

export const routes: HostCheck = {
  name: "no overlap with the host's routes",
  providers: ['vagrant'],
  async run(host, { network }) {
    const known = await hostRoutes(host);
    if (known === undefined) return skipped('the routes cannot be read');
    const lan = clash(known, network.hostOnlyCidr);
    if (lan !== undefined && !isVirtual(lan.device)) {
      return fail(
        `${network.hostOnlyCidr} overlaps ${lan.destination} on ${lan.device}`,
        'leave that network (a VPN?), or take another hostOnlyCidr with all addresses of provision/cluster.yaml',
      );
    }
    for (const cidr of [network.podCidr, network.serviceCidr]) {
      const other = clash(known, cidr);
      if (other !== undefined) {
        return warn(
          `${cidr} overlaps ${other.destination} on ${other.device}: pods do not reach that network`,
          'harmless for the lab; else take another range in provision/cluster.yaml',
        );
      }
    }
    return ok(`${known.length} routes looked at`);
  },
};

async function hostRoutes(host: Host): Promise<Route[] | undefined> {
  if (host.platform === 'linux') {
    const { exitCode, stdout } = await host.run('ip', '-4', 'route', 'show');
    return exitCode === 0 ? linuxRoutes(stdout) : undefined;
  }
  if (host.platform === 'darwin') {
    const { exitCode, stdout } = await host.run('netstat', '-rn', '-f', 'inet');
    return exitCode === 0 ? macRoutes(stdout) : undefined;
  }
  return undefined;
}

/** Of `ip -4 route show`; the default route overlaps everything and is left out. */
function linuxRoutes(output: string): Route[] {
  return output.split('\n').flatMap((line) => {
    const destination = /^(?:(?:unreachable|blackhole|prohibit|local) )?(\d+\.\d+\.\d+\.\d+(?:\/\d+)?)\b/.exec(
      line,
    )?.[1];
    if (destination === undefined) return [];
    return [{ destination, device: /\bdev (\S+)/.exec(line)?.[1] ?? 'no device' }];
  });
}

/** Of `netstat -rn -f inet`, which leaves trailing zeros out: `192.168.56` or `10/8`. */
export function macRoutes(output: string): Route[] {
  return output.split('\n').flatMap((line) => {
    const [target, , , device] = line.trim().split(/\s+/);
    const match = /^(\d+(?:\.\d+){0,3})(?:\/(\d+))?$/.exec(target ?? '');
    if (match === null || device === undefined) return [];
    const parts = match[1]!.split('.');
    const prefix = match[2] ?? String(parts.length * 8);
    return [{ destination: `${[...parts, 0, 0, 0].slice(0, 4).join('.')}/${prefix}`, device }];
  });
}

function clash(known: readonly Route[], cidr: string): Route | undefined {
  return known.find(({ destination }) => overlaps(parseRange(destination), parseRange(cidr)));
}

/** The lab's own network, from an earlier bring-up. */
function isVirtual(device: string): boolean {
  return /^(vboxnet|virbr|vmnet|bridge1|vnic)/.test(device);
}
