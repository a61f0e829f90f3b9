/** Port forwarding over the messages of a WebSocket: v4.channel.k8s.io, which forwards one connection for each port named. */
import type { PassThrough } from 'node:stream';
import type { WebSocket } from 'ws';
import { badRequest } from '../../../status-errors.ts';
import type { Exchange } from '../../exchange.ts';
import type { Connect } from '../forward.ts';
import { forward } from '../forward.ts';
import { acceptWebSocket } from './accept.ts';
import { channelReader, channelWriter, receive, toBuffer } from './message-streams.ts';

const PROTOCOLS = ['v4.channel.k8s.io', 'v2.portforward.k8s.io'];

/** Each port has two channels in the order of the query: 2i for data, 2i + 1 for an error message. */
export async function webSocketPortForward(exchange: Exchange, connect: Connect): Promise<void> {
  const ports = parsePorts(exchange.query.getAll('ports'));
  const { socket } = await acceptWebSocket(exchange, PROTOCOLS);
  const inputs = ports.map(() => channelReader(socket));
  dispatch(socket, inputs);
  await Promise.all(ports.map((port, index) => forwardPort(socket, connect, port, index, inputs[index]!)));
  socket.close();
}

/** `ports=8080,9090` or `ports=8080&ports=9090`. Throws 400 BadRequest. */
function parsePorts(values: readonly string[]): number[] {
  const ports = values.flatMap((value) => value.split(',')).filter((text) => text !== '');
  if (ports.length === 0) throw badRequest('query parameter "ports" is required');
  return ports.map((text) => {
    const port = Number(text);
    if (Number.isInteger(port) && port > 0 && port < 65536) return port;
    throw badRequest(`unable to parse ${JSON.stringify(text)} as a port`);
  });
}

function dispatch(socket: WebSocket, inputs: readonly PassThrough[]): void {
  socket.on('message', (message) => {
    const data = toBuffer(message);
    const channel = data[0] ?? 0;
    const input = channel % 2 === 0 ? inputs[channel / 2] : undefined;
    if (input !== undefined) receive(socket, input, data.subarray(1));
  });
}

async function forwardPort(
  socket: WebSocket,
  connect: Connect,
  port: number,
  index: number,
  input: PassThrough,
): Promise<void> {
  const output = channelWriter(socket, 2 * index);
  const errors = channelWriter(socket, 2 * index + 1);
  // Both channels begin with the port, so that the client knows which is which.
  const announcement = Buffer.alloc(2);
  announcement.writeUInt16LE(port);
  output.write(announcement);
  errors.write(announcement);
  await forward(connect, port, input, output).catch((error: Error) => errors.end(error.message));
}
