/** One question to a place that may serve, on a connection of its own. */
import { request } from 'node:http';
import { errorCode } from '../load/classify.ts';
import { SourcePortChoice, sourcePortsTo } from '../load/source-ports.ts';

export interface Probed {
  host: string;
  port: number;
  /** Undefined where the address itself serves. */
  hostHeader: string | undefined;
  probePath: string;
}

export interface ProbeAnswer {
  status: number;
  /** Who answered; undefined when it does not say. */
  pod: string | undefined;
}

const LIMIT_MS = 2000;

/** Undefined when no HTTP answer comes in time. */
export function probe(
  probed: Probed,
  sourcePort = new SourcePortChoice(sourcePortsTo(probed.host)),
): Promise<ProbeAnswer | undefined> {
  return new Promise((resolve) => {
    const { host, port, hostHeader, probePath: path } = probed;
    const headers = hostHeader === undefined ? {} : { host: hostHeader };
    const options = { host, port, path, headers, agent: false as const, ...sourcePort.next() };
    const sent = request(options, (response) => {
      response.resume();
      const pod = response.headers['x-pod'];
      resolve({ status: response.statusCode ?? 0, pod: typeof pod === 'string' ? pod : undefined });
    });
    sent.setTimeout(LIMIT_MS, () => sent.destroy());
    sent.on('error', (error) => resolve(sourcePort.isTaken(errorCode(error)) ? probe(probed, sourcePort) : undefined));
    sent.on('close', () => resolve(undefined));
    sent.end();
  });
}
