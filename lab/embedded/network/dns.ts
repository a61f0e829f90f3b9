/** The cluster's DNS server: UDP, and TCP for what UDP cannot carry. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server, type Socket as Stream } from 'node:net';
import { decode, encode, streamEncode, type DecodedPacket, type Packet } from 'dns-packet';
import type { ApiClient } from '../api/client.ts';
import { errorCode } from './bind.ts';
import { answer, truncated, udpLimit, type Lookup } from './dns-answer.ts';
import { recordsOf } from './dns-records.ts';
import type { SocketAddress } from './network.ts';

export interface DnsServer {
  /** Of UDP and TCP alike. */
  readonly address: SocketAddress;
  close(): Promise<void>;
}

export interface DnsOptions {
  client: ApiClient;
  /** Cluster domain, e.g. `cluster.local`. */
  domain: string;
  /** Address to listen on; 127.0.0.1 is taken where it does not exist. */
  host: string;
}

/** A free port is chosen: port 53 needs privileges, and only the preload asks, which is told the port. */
export async function startDns({ client, domain, host }: DnsOptions): Promise<DnsServer> {
  const lookup: Lookup = (name) => recordsOf(client, domain, name);
  const respond = (query: DecodedPacket) => answer(query, domain, lookup);
  const { udp, tcp } = await bindBoth(host).catch((error: unknown) => {
    if (errorCode(error) === 'EADDRNOTAVAIL') return bindBoth('127.0.0.1');
    throw error;
  });
  serveUdp(udp, respond);
  const open = serveTcp(tcp, respond);
  const { address, port } = udp.address();
  return {
    address: { host: address, port },
    async close() {
      udp.close();
      tcp.close();
      for (const socket of open) socket.destroy();
      await Promise.all([once(udp, 'close'), once(tcp, 'close')]);
    },
  };
}

type Respond = (query: DecodedPacket) => Packet;

/** The port that UDP got may be taken for TCP, in which case another one is drawn. */
async function bindBoth(host: string): Promise<{ udp: Socket; tcp: Server }> {
  for (let attempt = 1; ; attempt++) {
    const udp = createSocket('udp4');
    udp.bind(0, host);
    await once(udp, 'listening');
    const tcp = createServer();
    tcp.listen({ host, port: udp.address().port, exclusive: true });
    try {
      await once(tcp, 'listening');
      return { udp, tcp };
    } catch (error) {
      udp.close();
      if (errorCode(error) !== 'EADDRINUSE' || attempt === 10) throw error;
    }
  }
}

function serveUdp(udp: Socket, respond: Respond): void {
  udp.on('message', (message, from) => {
    const query = parse(message);
    if (!query) return;
    const packet = respond(query);
    const bytes = encode(packet);
    udp.send(bytes.length <= udpLimit(query) ? bytes : encode(truncated(packet)), from.port, from.address);
  });
  // A client that has gone makes the next send fail; nobody else is concerned.
  udp.on('error', (error) => console.error('dns:', error));
}

/** Each message has its length before it, in two bytes (RFC 1035, section 4.2.2). Returns the open connections. */
function serveTcp(tcp: Server, respond: Respond): ReadonlySet<Stream> {
  const open = new Set<Stream>();
  tcp.on('connection', (socket) => {
    let received = Buffer.alloc(0);
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.setTimeout(10_000, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        const end = 2 + received.readUInt16BE(0);
        const query = parse(received.subarray(2, end));
        received = received.subarray(end);
        if (query) socket.write(streamEncode(respond(query)));
        else socket.destroy();
      }
    });
  });
  return open;
}

/** Undefined for what is no query: not answered, so that nobody can make two servers talk to each other. */
function parse(message: Buffer): DecodedPacket | undefined {
  try {
    const packet = decode(message);
    return packet.type === 'query' ? packet : undefined;
  } catch {
    return undefined;
  }
}
