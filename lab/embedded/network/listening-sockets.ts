/** What listens on this machine, as Linux tells it in /proc/net/tcp and tcp6. */
import { readFileSync } from 'node:fs';

export interface ListeningSocket {
  /** Dotted IPv4 address; `*` when the socket listens on all addresses (0.0.0.0 or ::). */
  address: string;
  port: number;
}

/** State 0A is TCP_LISTEN (include/net/tcp_states.h). */
const LISTEN = '0A';
const ANY = /^0+$/;

/**
 * TCP sockets that listen, of all users. Undefined where the platform does not tell (no /proc/net/tcp).
 * IPv6 sockets on a certain address are left out: they cannot clash with 127.0.0.0/8.
 */
export function listeningSockets(): ListeningSocket[] | undefined {
  const tables = ['/proc/net/tcp', '/proc/net/tcp6'].map(readTable);
  if (tables[0] === undefined) return undefined;
  return tables.flatMap((table) => parseSocketTable(table ?? ''));
}

/** Parses the text of /proc/net/tcp or tcp6: `sl local_address rem_address st ...`, all hexadecimal. */
export function parseSocketTable(table: string): ListeningSocket[] {
  const sockets: ListeningSocket[] = [];
  for (const line of table.split('\n').slice(1)) {
    const [, local, , state] = line.trim().split(/\s+/);
    if (state !== LISTEN || local === undefined) continue;
    const [address = '', port = ''] = local.split(':');
    if (ANY.test(address)) sockets.push({ address: '*', port: parseInt(port, 16) });
    else if (address.length === 8) sockets.push({ address: dotted(address), port: parseInt(port, 16) });
  }
  return sockets;
}

/** The kernel prints the 32 bits in the machine's byte order, which is little-endian on all that Node runs on. */
function dotted(hex: string): string {
  return Buffer.from(hex, 'hex').toReversed().join('.');
}

function readTable(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}
