/** A TCP proxy that can freeze: connections stay open and nothing answers, as when a machine has lost its power. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface FreezingProxy {
  port: number;
  freeze: () => void;
  /** Frozen connections are reset; new ones work again. */
  thaw: () => void;
  close: () => void;
}

export async function startFreezingProxy(targetPort: number): Promise<FreezingProxy> {
  const sockets = new Set<Socket>();
  let frozen = false;
  const server = createServer((client) => {
    sockets.add(client);
    client.on('error', () => {});
    if (frozen) return;
    const target = connect(targetPort, '127.0.0.1');
    target.on('error', () => client.destroy());
    sockets.add(target);
    client.pipe(target).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  return {
    port: (server.address() as AddressInfo).port,
    freeze: () => {
      frozen = true;
      for (const socket of sockets) socket.unpipe().pause();
    },
    thaw: () => {
      frozen = false;
      cut();
    },
    close: () => {
      cut();
      server.close();
    },
  };
}
