/**
 * The autocannon driver, a closed loop: each of so many virtual users sends its next request when the last is answered.
 * Autocannon connects, sends and parses; its own figures are not used, for reasons that autocannon-user.ts gives.
 */
import autocannon from 'autocannon';
import { isIPv6 } from 'node:net';
import { AutocannonUser } from './autocannon-user.ts';
import type { LoadSpec } from './load.ts';
import { messageWriter } from './message.ts';
import type { Recorder } from './recorder.ts';
import { sourcePortsTo } from './source-ports.ts';

/** Autocannon's own limits, in whole seconds, are put out of the way: about the longest that a timer can be set to. */
const NEVER_SECONDS = 2_000_000;
/** How often autocannon looks whether its clients are done. */
const SAMPLE_MS = 10;

/**
 * Runs the load to its end. After durationMs nothing more is sent, and what is under way is awaited.
 *
 * @param sourcePorts of the connections; undefined where the system picks
 */
export async function driveAutocannon(
  spec: LoadSpec,
  recorder: Recorder,
  signal: AbortSignal,
  sourcePorts: { take(): number } | undefined = sourcePortsTo(spec.host),
): Promise<void> {
  if (signal.aborted) return;
  const users: AutocannonUser[] = [];
  signal.addEventListener('abort', () => users.forEach((user) => user.stop()), { once: true });

  const endsAt = recorder.now() + (spec.durationMs ?? Infinity);
  const work = {
    spec,
    recorder,
    sourcePorts,
    write: messageWriter(spec),
    isOver: () => recorder.begun >= (spec.requests ?? Infinity) || recorder.now() >= endsAt,
  };
  const host = isIPv6(spec.host) ? `[${spec.host}]` : spec.host;
  await autocannon({
    url: `http://${host}:${spec.port}${spec.path}`,
    connections: Math.min(spec.connections, spec.requests ?? Infinity),
    duration: NEVER_SECONDS,
    timeout: NEVER_SECONDS,
    sampleInt: SAMPLE_MS,
    setupClient: (client) => users.push(new AutocannonUser(client, work)),
  });
}
