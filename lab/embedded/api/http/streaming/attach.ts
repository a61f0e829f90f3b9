/**
 * Attaches to a running container: its output from now on. Containers keep no standard input open for later, so a client
 * that wants to write is refused.
 */
import { pipeline } from 'node:stream/promises';
import { badRequest } from '../../status-errors.ts';
import type { Exchange } from '../exchange.ts';
import { successStatus } from '../exchange.ts';
import type { ResourceRequest } from '../request-info.ts';
import { openCommandChannels, wantedStreams } from './command-channels.ts';
import { failureStatus } from './exit-status.ts';
import { containerTarget } from './pod-target.ts';

export async function attach(exchange: Exchange, request: ResourceRequest): Promise<void> {
  const { agent, namespace, name, container } = containerTarget(exchange, request);
  const wanted = wantedStreams(exchange.query);
  if (wanted.stdin) throw badRequest(`container ${container} in pod ${name} did not allocate stdin`);
  const text = await agent.logs(namespace, name, { container, follow: true, tailLines: 0 });
  const { stdout, stderr, finish } = await openCommandChannels(exchange, wanted);
  // The log holds both outputs in the order in which they were written.
  const copied = pipeline(text, (stdout ?? stderr)!);
  await finish(await copied.then(() => successStatus(), failureStatus));
}
