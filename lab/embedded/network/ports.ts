/** Whether a node port can be given out. */
import { probeBind, type Bind } from './bind.ts';
import { listeningSockets } from './listening-sockets.ts';

/** How long an earlier look at a port is believed where the platform has no table of sockets. */
const RECENT_MS = 30_000;

export interface PortProbe {
  /**
   * True unless another program listens on `port` on all addresses, which would keep every node from binding it.
   * Never waits: where the platform has no table of sockets the answer is that of a recent probe, and true (with a probe
   * under way) when there was none; a port that then cannot be bound is translated.
   */
  isPortFree: (port: number) => boolean;
}

/** `sockets` and `bind` are given by tests. */
export function createPortProbe(sockets = listeningSockets, bind: Bind = probeBind, now = Date.now): PortProbe {
  const recent = new Map<number, { at: number; free: boolean }>();
  const probe = (port: number) => {
    const remember = (free: boolean) => recent.set(port, { at: now(), free });
    remember(true);
    bind('0.0.0.0', port).then(
      () => remember(true),
      () => remember(false),
    );
  };
  return {
    isPortFree(port) {
      const listening = sockets();
      if (listening) return !listening.some((socket) => socket.address === '*' && socket.port === port);
      const known = recent.get(port);
      if (known && now() - known.at < RECENT_MS) return known.free;
      probe(port);
      return true;
    },
  };
}

/** isPortFree of this machine, for the NodePort allocator. */
export const { isPortFree } = createPortProbe();
