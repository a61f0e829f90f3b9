/** Runs a command in a container. */
import { badRequest } from '../../status-errors.ts';
import type { Exchange } from '../exchange.ts';
import type { ResourceRequest } from '../request-info.ts';
import { openCommandChannels, wantedStreams } from './command-channels.ts';
import { exitStatus, failureStatus } from './exit-status.ts';
import { containerTarget } from './pod-target.ts';

export async function exec(exchange: Exchange, request: ResourceRequest): Promise<void> {
  const { agent, namespace, name, container } = containerTarget(exchange, request);
  const command = exchange.query.getAll('command');
  if (command.length === 0) throw badRequest('you must specify a command for the container');
  const wanted = wantedStreams(exchange.query);
  const { stdin, stdout, stderr, finish } = await openCommandChannels(exchange, wanted);
  const run = agent.exec(namespace, name, { container, command, stdin, stdout, stderr, tty: wanted.tty });
  await finish(await run.then(exitStatus, failureStatus));
}
