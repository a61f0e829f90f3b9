import { once } from 'node:events';
import { duplexPair } from 'node:stream';
import type { Duplex } from 'node:stream';
import { constants, createDeflate } from 'node:zlib';
import t from 'tap';
import { HEADER_DICTIONARY } from './dictionary.ts';
import { CONTROL, controlFrame, dataFrame, readFrames, uint32 } from './frames.ts';
import type { Frame } from './frames.ts';
import { SpdySession } from './session.ts';
import type { SpdyStream } from './stream.ts';

/** The client's side, down to the frames. */
class Client {
  readonly frames: AsyncGenerator<Frame>;
  private readonly transport: Duplex;
  private readonly deflate = createDeflate({ dictionary: HEADER_DICTIONARY, flush: constants.Z_SYNC_FLUSH });

  constructor(transport: Duplex) {
    this.transport = transport;
    this.frames = readFrames(transport);
  }

  async open(id: number, headers: Record<string, string>): Promise<void> {
    const pairs = Object.entries(headers).flatMap(([name, value]) => [text(name), text(value)]);
    const block = Buffer.concat([uint32(pairs.length / 2), ...pairs]);
    await new Promise<void>((resolve) => this.deflate.write(block, () => resolve()));
    const head = Buffer.concat([uint32(id, 0), Buffer.alloc(2)]);
    this.transport.write(controlFrame(CONTROL.synStream, Buffer.concat([head, this.deflate.read() as Buffer])));
  }

  write(...frames: Buffer[]): void {
    this.transport.write(Buffer.concat(frames));
  }

  hangUp(): void {
    this.transport.end();
  }

  async next(): Promise<Frame> {
    return (await this.frames.next()).value as Frame;
  }
}

/** Not by iteration, which would end the other direction, too. */
async function readAll(stream: SpdyStream): Promise<string> {
  let received = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
  await once(stream, 'end');
  return received;
}

function text(value: string): Buffer {
  return Buffer.concat([uint32(value.length), Buffer.from(value)]);
}

function connect(): { client: Client; session: SpdySession; streams: SpdyStream[]; done: Promise<void> } {
  const [server, transport] = duplexPair();
  const streams: SpdyStream[] = [];
  const session = new SpdySession(server, (stream) => void streams.push(stream));
  return { client: new Client(transport), session, streams, done: session.run() };
}

void t.test('streams are opened with headers, and each is confirmed', async (t) => {
  const { client, streams } = connect();
  await client.open(1, { streamType: 'error' });
  t.match(await client.next(), { kind: 'control', type: CONTROL.synReply });
  await client.open(3, { streamType: 'data', port: '8080' });
  t.match(await client.next(), { kind: 'control', type: CONTROL.synReply });
  t.same(
    streams.map(({ headers }) => Object.fromEntries(headers)),
    [{ streamtype: 'error' }, { streamtype: 'data', port: '8080' }],
  );
});

void t.test('data goes both ways, however it is cut into chunks', async (t) => {
  const { client, streams } = connect();
  await client.open(1, {});
  await client.next();
  const [stream] = streams as [SpdyStream];
  const bytes = Buffer.concat([dataFrame(1, Buffer.from('hello '), false), dataFrame(1, Buffer.from('world'), true)]);
  for (const byte of bytes) client.write(Buffer.of(byte));
  t.equal(await readAll(stream), 'hello world');
  stream.end('back');
  t.match(await client.next(), { kind: 'data', streamId: 1, fin: false, payload: Buffer.from('back') });
  t.match(await client.next(), { kind: 'data', streamId: 1, fin: true });
});

void t.test('a ping is answered', async (t) => {
  const { client } = connect();
  client.write(controlFrame(CONTROL.ping, uint32(7)));
  t.match(await client.next(), { type: CONTROL.ping, payload: uint32(7) });
});

void t.test('a reset ends one stream, the end of the connection all of them', async (t) => {
  const { client, streams, done } = connect();
  await client.open(1, {});
  await client.open(3, {});
  await client.next();
  await client.next();
  const [first, second] = streams as [SpdyStream, SpdyStream];
  client.write(controlFrame(CONTROL.rstStream, uint32(1, 5)));
  await once(first, 'close');
  t.notOk(second.destroyed);
  client.hangUp();
  await done;
  t.ok(second.destroyed);
});
