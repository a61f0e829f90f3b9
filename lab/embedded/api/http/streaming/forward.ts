/** Joins a client's stream to a connection into a pod. */
import type { Duplex, Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Exchange } from '../exchange.ts';
import type { ResourceRequest } from '../request-info.ts';
import { podTarget } from './pod-target.ts';

/** Opens a connection to a port of the pod. Rejects with ApiError. */
export type Connect = (port: number) => Promise<Duplex>;

export function podConnector(exchange: Exchange, request: ResourceRequest): Connect {
  const { agent, namespace, name } = podTarget(exchange, request);
  return (port) => agent.portForward(namespace, name, port);
}

/** Copies both ways until both sides have ended. Rejects, in the words for the client, when there is no connection. */
export async function forward(connect: Connect, port: number, input: Readable, output: Writable): Promise<void> {
  const connection = await connect(port).catch((error: Error) => {
    throw new Error(`error forwarding port ${port} to pod: ${error.message}`, { cause: error });
  });
  // One direction may end before the other. A broken one ends both, and neither is an error of the server.
  const directions = [pipeline(input, connection), pipeline(connection, output)];
  await Promise.allSettled(directions.map((direction) => direction.catch(() => connection.destroy())));
}
