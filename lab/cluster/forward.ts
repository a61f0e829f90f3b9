/** A local port whose connections end in a pod, as `kubectl port-forward` makes it. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { PortForward, type KubeConfig } from '@kubernetes/client-node';

export interface ForwardedPort {
  host: string;
  port: number;
  /** Ends the listener and all its connections. */
  close(): Promise<void>;
}

/** Each connection has a WebSocket of its own to the API server. Throws when no local port can be had. */
export async function forwardPort(
  config: KubeConfig,
  namespace: string,
  pod: string,
  port: number,
): Promise<ForwardedPort> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    connect(config, namespace, pod, port, socket).catch((error: Error) => socket.destroy(error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function connect(
  config: KubeConfig,
  namespace: string,
  pod: string,
  port: number,
  socket: Socket,
): Promise<void> {
  socket.on('error', () => socket.destroy());
  // What the pod's side has to say of a failure comes on a stream of its own.
  const errors = new PassThrough();
  errors.once('data', () => socket.destroy());
  const webSocket = await new PortForward(config).portForward(namespace, pod, [port], socket, errors, socket);
  if (typeof webSocket === 'function') throw new Error('the port-forward was not established');
  webSocket.addEventListener('close', () => socket.end());
  socket.on('close', () => webSocket.close());
}
