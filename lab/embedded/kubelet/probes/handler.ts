/** Runs what a probe or a lifecycle hook asks for. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ExecAction, LifecycleHandler, Probe } from 'kubernetes-types/core/v1.js';
import { grpc } from './grpc.ts';
import { httpGet } from './http-get.ts';
import { failure, SUCCESS, type Outcome } from './outcome.ts';
import type { ProbeTarget } from './target.ts';
import { tcpSocket } from './tcp-socket.ts';

/** Never rejects: whatever goes wrong is a failure with a message. */
export async function runHandler(
  handler: Probe | LifecycleHandler,
  target: ProbeTarget,
  timeoutMs: number,
): Promise<Outcome> {
  try {
    if (handler.exec) return await execute(handler.exec, target, timeoutMs);
    if (handler.httpGet) return await httpGet(handler.httpGet, target, timeoutMs);
    if (handler.tcpSocket) return await tcpSocket(handler.tcpSocket, target, timeoutMs);
    if ('grpc' in handler && handler.grpc) return await grpc(handler.grpc, target, timeoutMs);
    if (!('sleep' in handler && handler.sleep)) return failure('missing handler');
    await delay(Math.min(handler.sleep.seconds * 1000, timeoutMs));
    return SUCCESS;
  } catch (error) {
    return failure((error as Error).message);
  }
}

async function execute({ command = [] }: ExecAction, target: ProbeTarget, timeoutMs: number): Promise<Outcome> {
  const { code, output, timedOut } = await target.execute(command, timeoutMs);
  if (timedOut) return failure(`command timed out: "${command.join(' ')}" timed out after ${timeoutMs / 1000}s`);
  return code === 0 ? SUCCESS : failure(output);
}
