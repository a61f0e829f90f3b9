import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { WebSocket } from 'ws';
import { NAMESPACE, startTestServer, TOKEN } from '../testing/test-server.ts';

const POD = `/api/v1/namespaces/${NAMESPACE}/pods/web`;
const lab = await startTestServer();
t.teardown(() => lab.close());

/** What came in on each channel, and how to send. */
class Channels {
  readonly socket: WebSocket;
  private readonly received = new Map<number, Buffer>();
  private readonly arrivals: (() => void)[] = [];

  constructor(path: string, protocols: string[]) {
    const url = lab.server.url.replace('https', 'wss') + path;
    this.socket = new WebSocket(url, protocols, { ...lab.tls, headers: { authorization: `Bearer ${TOKEN}` } });
    this.socket.on('message', (data: Buffer) => {
      const channel = data[0]!;
      this.received.set(channel, Buffer.concat([this.bytes(channel), data.subarray(1)]));
      for (const arrived of this.arrivals.splice(0)) arrived();
    });
  }

  bytes(channel: number): Buffer {
    return this.received.get(channel) ?? Buffer.alloc(0);
  }

  text(channel: number): string {
    return this.bytes(channel).toString();
  }

  send(channel: number, text: string): void {
    this.socket.send(Buffer.concat([Buffer.of(channel), Buffer.from(text)]));
  }

  /** Resolves once `done` holds, which is asked again after each message. */
  async until(done: () => boolean): Promise<void> {
    while (!done()) await new Promise<void>((resolve) => this.arrivals.push(resolve));
  }
}

function command(...words: string[]): string {
  return words.map((word) => `command=${encodeURIComponent(word)}`).join('&');
}

void t.test('a command writes to its channels and its exit code comes last', async (t) => {
  const script = 'console.log("out"); console.error("err"); process.exitCode = 3';
  const query = `${command(process.execPath, '-e', script)}&stdout=true&stderr=true`;
  const channels = new Channels(`${POD}/exec?${query}`, ['v5.channel.k8s.io', 'v4.channel.k8s.io']);
  const [code] = await once(channels.socket, 'close');
  t.equal(code, 1000);
  t.equal(channels.socket.protocol, 'v5.channel.k8s.io');
  t.equal(channels.text(1), 'out\n');
  t.equal(channels.text(2), 'err\n');
  t.match(JSON.parse(channels.text(3)), {
    status: 'Failure',
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: '3' }] },
  });
});

void t.test('standard input can be closed', async (t) => {
  const query = `${command(process.execPath, '-e', 'process.stdin.pipe(process.stdout)')}&stdin=true&stdout=true`;
  const channels = new Channels(`${POD}/exec?${query}`, ['v5.channel.k8s.io']);
  await once(channels.socket, 'open');
  channels.send(0, 'through');
  channels.socket.send(Buffer.of(255, 0));
  await once(channels.socket, 'close');
  t.equal(channels.text(1), 'through');
  t.match(JSON.parse(channels.text(3)), { status: 'Success' });
});

void t.test('a client that goes away ends the input of its command', async (t) => {
  const query = `${command(process.execPath, '-e', 'process.stdin.pipe(process.stdout)')}&stdin=true&stdout=true`;
  const channels = new Channels(`${POD}/exec?${query}`, ['v4.channel.k8s.io']);
  await once(channels.socket, 'open');
  channels.send(0, 'x');
  await channels.until(() => channels.text(1) === 'x');
  const ran = lab.agent.lastExit!;
  channels.socket.terminate();
  t.equal(await ran, 0);
});

void t.test('a command that cannot be run', async (t) => {
  const channels = new Channels(`${POD}/exec?${command('/no/such/program')}&stdout=true`, ['v4.channel.k8s.io']);
  await once(channels.socket, 'close');
  t.match(JSON.parse(channels.text(3)), { status: 'Failure', reason: 'InternalError', message: /ENOENT/ });
});

void t.test('attaching shows the output from now on', async (t) => {
  const channels = new Channels(`${POD}/attach?stdout=true&stderr=true`, ['v5.channel.k8s.io']);
  await channels.until(() => channels.text(1) !== '');
  t.match(lab.agent.logOptions, { follow: true, tailLines: 0 });
  lab.agent.followed!.push('more\n');
  await channels.until(() => channels.text(1).endsWith('more\n'));
  lab.agent.followed!.push(null);
  await once(channels.socket, 'close');
  t.match(JSON.parse(channels.text(3)), { status: 'Success' });
});

void t.test('ports are forwarded', async (t) => {
  const echo = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  t.teardown(() => echo.close());
  const { port } = echo.address() as AddressInfo;
  const channels = new Channels(`${POD}/portforward?ports=${port}`, ['v4.channel.k8s.io']);
  await once(channels.socket, 'open');
  channels.send(0, 'hello');
  await channels.until(() => channels.text(0).endsWith('hello'));
  for (const channel of [0, 1])
    t.equal(channels.bytes(channel).readUInt16LE(), port, 'each channel says its port first');
  channels.socket.close();
});

void t.test('a port on which nobody listens', async (t) => {
  const channels = new Channels(`${POD}/portforward?ports=1`, ['v4.channel.k8s.io']);
  await once(channels.socket, 'close');
  t.match(channels.text(1), /error forwarding port 1 .*ECONNREFUSED/);
});

void t.test('what cannot be upgraded', async (t) => {
  t.match((await lab.call('GET', `${POD}/exec?command=x&stdout=true`)).json, { code: 400, message: /Upgrade request/ });
  t.match((await lab.call('GET', `${POD}/exec?stdout=true`)).json, { code: 400, message: /specify a command/ });
  t.match((await lab.call('GET', `${POD}/exec?command=x`)).json, { code: 400, message: /at least 1 of stdin/ });
  const refused = new Channels(`${POD}/exec?command=x&stdout=true`, ['v9.channel.k8s.io']);
  const [error] = await once(refused.socket, 'error');
  t.match(error.message, /403/);
});
