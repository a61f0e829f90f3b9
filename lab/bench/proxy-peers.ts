/** The proxies to compare with, if they are installed: started by hand with a configuration of their own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SocketAddress } from '../embedded/network/network.ts';

const START_DEADLINE_MS = 5_000;

export interface Peer {
  address: SocketAddress;
  stop(): Promise<void>;
}

/** A reason in words when the peer cannot be started. */
export type PeerResult = Peer | string;

/** HAProxy in TCP mode in front of `backend`, with its defaults: one thread for each processor. */
export function startHaproxy(backend: SocketAddress): Promise<PeerResult> {
  return startPeer('haproxy', (directory) => ['-db', '-f', join(directory, 'haproxy.cfg')], {
    'haproxy.cfg': ({ host, port }) => `
global
  maxconn 1000
defaults
  mode tcp
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend front
  bind ${host}:${port}
  default_backend back
backend back
  server one ${backend.host}:${backend.port}
`,
  });
}

/** nginx as an HTTP proxy that keeps its connections to `backend` and sets the headers that ingress-nginx sets. */
export function startNginx(backend: SocketAddress): Promise<PeerResult> {
  return startPeer('nginx', (directory) => ['-p', directory, '-c', join(directory, 'nginx.conf')], {
    'nginx.conf': ({ host, port }) => `
worker_processes auto;
daemon off;
pid nginx.pid;
error_log stderr crit;
events { worker_connections 1024; }
http {
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  upstream back { server ${backend.host}:${backend.port}; keepalive 320; keepalive_requests 1000000000; }
  server {
    listen ${host}:${port};
    location / {
      proxy_pass http://back;
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Connection "";
      proxy_set_header X-Request-ID $request_id;
      proxy_set_header X-Real-IP $remote_addr;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Host $http_host;
      proxy_set_header X-Forwarded-Port $server_port;
      proxy_set_header X-Forwarded-Proto $scheme;
    }
  }
}
`,
  });
}

/** `files` are written into a new directory; each is told where the peer is to listen. */
async function startPeer(
  command: string,
  args: (directory: string) => string[],
  files: Record<string, (address: SocketAddress) => string>,
): Promise<PeerResult> {
  const directory = await mkdtemp(join(tmpdir(), `bench-${command}-`));
  const address = { host: '127.0.0.1', port: await freePort() };
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text(address));
  // Debian keeps servers where not every user's PATH leads.
  const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/usr/local/sbin` };
  const child = spawn(command, args(directory), { env, stdio: 'ignore' });
  const stop = async () => {
    await end(child);
    await rm(directory, { recursive: true, force: true });
  };
  const failure = await Promise.race([failureOf(command, child), listening(address)]);
  if (failure === undefined) return { address, stop };
  await stop();
  return failure;
}

async function failureOf(command: string, child: ChildProcess): Promise<string> {
  try {
    const [code] = await once(child, 'exit');
    return `${command} ended with ${code}`;
  } catch {
    return `${command} is not installed`;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

/** Resolves once somebody answers at the address; with a reason if nobody does in time. */
async function listening(address: SocketAddress): Promise<string | undefined> {
  const deadline = performance.now() + START_DEADLINE_MS;
  while (performance.now() < deadline) {
    const socket = connect(address);
    const answered = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (answered) return undefined;
    await sleep(20);
  }
  return `nobody listens after ${START_DEADLINE_MS} ms`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
