/** What the server has open, so that it can be ended in good order. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Server } from 'node:https';
import type { Duplex } from 'node:stream';
import { setTimeout } from 'node:timers/promises';

/** How long the end of an answer may take to be sent. */
const SENDING_MILLISECONDS = 100;

export class Connections {
  private readonly responses = new Set<ServerResponse>();
  private readonly upgraded = new Set<Duplex>();

  add(response: ServerResponse): void {
    this.responses.add(response);
    response.once('close', () => this.responses.delete(response));
  }

  /** A connection that speaks another protocol now: the server forgets about it. */
  addUpgraded(socket: Duplex): void {
    this.upgraded.add(socket);
    socket.once('close', () => this.upgraded.delete(socket));
  }

  /** Lets the answers that were ended just now reach their clients, as far as these read at all, and cuts off the rest. */
  async end(server: Server): Promise<void> {
    const ended = [...this.responses].filter((response) => response.writableEnded);
    const sent = Promise.all(ended.map((response) => once(response, 'close')));
    await Promise.race([sent, setTimeout(SENDING_MILLISECONDS)]);
    server.closeAllConnections();
    for (const socket of this.upgraded) socket.destroy();
  }
}
