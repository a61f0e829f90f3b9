/** A client for measuring proxies: raw sockets, so that it costs as little as can be beside what it measures. */
import { connect } from 'node:net';
import type { SocketAddress } from '../embedded/network/network.ts';

export interface RateOptions {
  target: SocketAddress;
  /** Same connection for many requests, or a new one for each. */
  keepAlive: boolean;
  connections: number;
  durationMs: number;
}

/** The body of every answer: an answer is whole when it ends with this. */
export const ANSWER = '{"stored":true}';

/** Answers per second, one request at a time on each connection. Rejects when a connection fails. */
export async function measureRate({ target, keepAlive, connections, durationMs }: RateOptions): Promise<number> {
  const started = performance.now();
  const until = started + durationMs;
  const user = keepAlive ? keepAsking : askAnew;
  const counts = await Promise.all(Array.from({ length: connections }, () => user(target, until)));
  return counts.reduce((sum, count) => sum + count, 0) / ((performance.now() - started) / 1000);
}

function requestFor({ host, port }: SocketAddress, keepAlive: boolean): Buffer {
  return Buffer.from(`GET / HTTP/1.1\r\nHost: ${host}:${port}\r\n${keepAlive ? '' : 'Connection: close\r\n'}\r\n`);
}

async function keepAsking(target: SocketAddress, until: number): Promise<number> {
  const request = requestFor(target, true);
  let count = 0;
  // A server may end a connection that a busy machine has kept waiting for seconds.
  while (performance.now() < until) count += await askUntil(target, request, until);
  return count;
}

/** Answers that came over one connection. */
function askUntil(target: SocketAddress, request: Buffer, until: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let count = 0;
    const socket = connect({ ...target, noDelay: true }, () => socket.write(request));
    socket.on('error', reject);
    socket.on('close', () => resolve(count));
    socket.on('data', (chunk) => {
      if (!endsAnswer(chunk)) return;
      count++;
      if (performance.now() < until) socket.write(request);
      else socket.destroy();
    });
  });
}

async function askAnew(target: SocketAddress, until: number): Promise<number> {
  const request = requestFor(target, false);
  let count = 0;
  for (; performance.now() < until; count++) await askOnce(target, request);
  return count;
}

function askOnce(target: SocketAddress, request: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect({ ...target, noDelay: true }, () => socket.write(request));
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
    });
    socket.on('close', () => {
      if (received.endsWith(ANSWER)) resolve();
      else reject(new Error(`${target.host}:${target.port} closed a connection after: ${JSON.stringify(received)}`));
    });
  });
}

/** Answers are short: one is never cut within its body. */
function endsAnswer(chunk: Buffer): boolean {
  return chunk.length >= ANSWER.length && chunk.toString('latin1', chunk.length - ANSWER.length) === ANSWER;
}
