/** Whether an API server answers, without loading the API's client. */
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { parse } from 'yaml';

const PROBE_LIMIT_MS = 3000;

/** Whether the API server that the kubeconfig names says that it is ready, in a few seconds at most. */
export async function answers(kubeconfig: string): Promise<boolean> {
  const text = await readFile(kubeconfig, 'utf8').catch(() => undefined);
  if (text === undefined) return false;
  const { clusters } = parse(text) as {
    clusters: { cluster: { server: string; 'certificate-authority-data': string } }[];
  };
  const { server, 'certificate-authority-data': ca } = clusters[0]!.cluster;
  return new Promise((resolve) => {
    const options = { ca: Buffer.from(ca, 'base64'), timeout: PROBE_LIMIT_MS };
    const probe = request(`${server}/readyz`, options, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    probe.on('timeout', () => probe.destroy());
    probe.on('error', () => resolve(false));
    probe.on('close', () => resolve(false));
    probe.end();
  });
}
