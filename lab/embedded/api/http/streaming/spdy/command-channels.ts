/** A command's streams over SPDY: the client opens one stream for each and names it in a header. */
import type { Duplex } from 'node:stream';
import type { Exchange } from '../../exchange.ts';
import type { CommandChannels, WantedStreams } from '../command-channels.ts';
import { SpdySession } from './session.ts';
import type { SpdyStream } from './stream.ts';
import { acceptSpdy } from './upgrade.ts';

const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
const OPENING_MILLISECONDS = 30_000;

export async function spdyChannels(exchange: Exchange, wanted: WantedStreams): Promise<CommandChannels> {
  const expected = ['error', ...(['stdin', 'stdout', 'stderr'] as const).filter((name) => wanted[name])];
  if (wanted.tty) expected.push('resize');
  const transport = acceptSpdy(exchange, PROTOCOLS);
  const { session, streams } = await openStreams(transport, expected);
  // Sizes of the terminal have no use here: commands run without one.
  streams.get('resize')?.resume();
  return {
    stdin: streams.get('stdin'),
    stdout: streams.get('stdout'),
    stderr: streams.get('stderr'),
    finish: (status) => finish(session, streams, status),
  };
}

interface OpenStreams {
  session: SpdySession;
  /** By the names that the client gave them. */
  streams: ReadonlyMap<string, SpdyStream>;
}

/** Rejects when the client goes away or takes too long. */
function openStreams(transport: Duplex, expected: readonly string[]): Promise<OpenStreams> {
  return new Promise((resolve, reject) => {
    const streams = new Map<string, SpdyStream>();
    const timer = setTimeout(() => transport.destroy(), OPENING_MILLISECONDS);
    const session = new SpdySession(transport, (stream) => {
      streams.set(stream.headers.get('streamtype') ?? '', stream);
      if (!expected.every((name) => streams.has(name))) return;
      clearTimeout(timer);
      resolve({ session, streams });
    });
    void session.run().finally(() => {
      clearTimeout(timer);
      reject(new Error('the client left before it had opened its streams'));
    });
  });
}

async function finish(session: SpdySession, streams: OpenStreams['streams'], status: object): Promise<void> {
  const outputs = ['stdout', 'stderr'].flatMap((name) => streams.get(name) ?? []);
  await Promise.all([...outputs.map((stream) => ended(stream)), ended(streams.get('error')!, JSON.stringify(status))]);
  session.close();
}

function ended(stream: SpdyStream, last = ''): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || stream.writableFinished) return resolve();
    stream.once('close', resolve);
    stream.end(last, resolve);
  });
}
