/** A command's streams over a WebSocket: v5.channel.k8s.io, and v4, in which stdin cannot be closed alone. */
import type { WebSocket } from 'ws';
import type { Exchange } from '../../exchange.ts';
import type { CommandChannels, WantedStreams } from '../command-channels.ts';
import { acceptWebSocket } from './accept.ts';
import { channelReader, channelWriter, receive, toBuffer } from './message-streams.ts';

const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const ERROR = 3;
/** v5: the second byte names the channel to close. */
const CLOSE = 255;
const NORMAL_CLOSURE = 1000;

export async function webSocketChannels(exchange: Exchange, wanted: WantedStreams): Promise<CommandChannels> {
  const { socket } = await acceptWebSocket(exchange, PROTOCOLS);
  return {
    stdin: wanted.stdin ? readStdin(socket) : undefined,
    stdout: wanted.stdout ? channelWriter(socket, STDOUT) : undefined,
    stderr: wanted.stderr ? channelWriter(socket, STDERR) : undefined,
    finish: (status) => finish(socket, status),
  };
}

/** Sizes of the terminal (channel 4) have no use here: commands run without one. */
function readStdin(socket: WebSocket): CommandChannels['stdin'] {
  const stdin = channelReader(socket);
  socket.on('message', (message) => {
    const data = toBuffer(message);
    if (data[0] === STDIN) receive(socket, stdin, data.subarray(1));
    if (data[0] === CLOSE && data[1] === STDIN) stdin.end();
  });
  return stdin;
}

async function finish(socket: WebSocket, status: object): Promise<void> {
  if (socket.readyState !== socket.OPEN) return;
  const message = Buffer.concat([Buffer.of(ERROR), Buffer.from(JSON.stringify(status))]);
  await new Promise((sent) => socket.send(message, sent));
  socket.close(NORMAL_CLOSURE);
}
