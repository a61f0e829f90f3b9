/** What probes and hooks act on. */
import type { Container } from 'kubernetes-types/core/v1.js';
import type { SocketAddress } from '../../network/network.ts';

export interface ProbeTarget {
  podIP: string;
  container: Container;
  /** The real address behind one of the cluster. */
  resolve(address: string, port: number): SocketAddress;
  /** Runs a command in the container and collects what it prints; kills it after the time. */
  execute(command: readonly string[], timeoutMs: number): Promise<{ code: number; output: string; timedOut: boolean }>;
}

/** A port given by number or by the name that the container's declaration gives it. Throws Error for an unknown name. */
export function portNumber(port: number | string, { ports = [] }: Container): number {
  const number = Number(port);
  if (Number.isInteger(number)) return number;
  const declared = ports.find(({ name }) => name === port);
  if (!declared) throw new Error(`couldn't find port: "${port}"`);
  return declared.containerPort;
}
