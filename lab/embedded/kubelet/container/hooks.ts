/** What probes and lifecycle hooks of one run of a container act on, and the hooks themselves. */
import type { Container } from 'kubernetes-types/core/v1.js';
import type { PodNetwork } from '../../network/network.ts';
import { runHandler } from '../probes/handler.ts';
import { SUCCESS, type Outcome } from '../probes/outcome.ts';
import type { ProbeTarget } from '../probes/target.ts';
import { Collector } from './collector.ts';
import type { ContainerInstance } from './instance.ts';

/** The postStart hook's only limit is the container's end; this is the longest that a timer can take. */
const NO_LIMIT_MS = 2 ** 31 - 1;

export function probeTarget(
  instance: ContainerInstance,
  container: Container,
  podIP: string,
  network: PodNetwork,
): ProbeTarget {
  return {
    podIP,
    container,
    resolve: (address, port) => network.resolve(address, port),
    execute: async (command, timeoutMs) => {
      const output = new Collector();
      const signal = AbortSignal.timeout(timeoutMs);
      const code = await instance.exec({ command: [...command], stdout: output, stderr: output }, signal);
      return { code, output: output.text, timedOut: signal.aborted };
    },
  };
}

export async function runPostStart(target: ProbeTarget): Promise<Outcome> {
  const hook = target.container.lifecycle?.postStart;
  return hook ? runHandler(hook, target, NO_LIMIT_MS) : SUCCESS;
}

/** Undefined when the container has no such hook. */
export function preStopHook(target: ProbeTarget, graceSeconds: number): (() => Promise<Outcome>) | undefined {
  const hook = target.container.lifecycle?.preStop;
  return hook && (() => runHandler(hook, target, graceSeconds * 1000));
}
