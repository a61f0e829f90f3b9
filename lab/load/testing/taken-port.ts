/** A port from which nobody else can connect, because somebody listens on it. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import type { Test } from 'tap';

export async function takenPort(t: Test): Promise<number> {
  const occupant = createServer();
  t.teardown(() => occupant.close());
  occupant.listen(0, '0.0.0.0');
  await once(occupant, 'listening');
  return (occupant.address() as AddressInfo).port;
}
