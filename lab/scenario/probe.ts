/** One question to a place that may serve, on a connection of its own. */
import { request } from 'node:http';

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
export function probe({ host, port, hostHeader, probePath }: Probed): Promise<ProbeAnswer | undefined> {
  return new Promise((resolve) => {
    const headers = hostHeader === undefined ? {} : { host: hostHeader };
    const sent = request({ host, port, path: probePath, headers, agent: false }, (response) => {
      response.resume();
      const pod = response.headers['x-pod'];
      resolve({ status: response.statusCode ?? 0, pod: typeof pod === 'string' ? pod : undefined });
    });
    sent.setTimeout(LIMIT_MS, () => sent.destroy());
    sent.on('error', () => resolve(undefined));
    sent.on('close', () => resolve(undefined));
    sent.end();
  });
}
