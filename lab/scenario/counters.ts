/** The pods' own books: what their /metrics say. */
import type { Cluster } from '../cluster/cluster.ts';
import { appOf, isConditionTrue, type KubeObject } from '../cluster/objects.ts';
import type { CounterReading } from '../history/history.ts';
import type { RunClock } from './clock.ts';

/** A pod on a dead node may be called ready for a minute, and would be waited for much longer. */
const READ_LIMIT_MS = 5000;

/** Reads every ready pod of the apps; a pod that cannot be read is left out, and its book then has a gap. */
export async function readCounters(
  cluster: Cluster,
  apps: readonly string[],
  clock: RunClock,
): Promise<CounterReading[]> {
  const pods = await readablePods(cluster, apps);
  const readings = await Promise.all(pods.map((pod) => readPod(cluster, pod, clock)));
  return readings.filter((reading) => reading !== undefined);
}

export async function readablePods(cluster: Cluster, apps: readonly string[]): Promise<KubeObject[]> {
  return (await cluster.pods()).filter((pod) => apps.includes(appOf(pod)) && isConditionTrue(pod, 'Ready'));
}

/** Undefined when the pod did not answer in time, or before the signal. */
export async function readPod(
  cluster: Cluster,
  pod: KubeObject,
  clock: RunClock,
  stopped?: AbortSignal,
): Promise<CounterReading | undefined> {
  const port: number = pod.spec.containers[0].ports[0].containerPort;
  // When it was asked: what it answers is at least as new.
  const at = clock.now();
  const limit = AbortSignal.timeout(READ_LIMIT_MS);
  const signal = stopped === undefined ? limit : AbortSignal.any([limit, stopped]);
  try {
    const text = await cluster.podHttpGet(pod.metadata.name, port, '/metrics', signal);
    return { at, pod: pod.metadata.name, node: pod.spec.nodeName, app: appOf(pod), ...parseMetrics(text) };
  } catch {
    return undefined;
  }
}

type Counters = Pick<CounterReading, 'processStartSeconds' | 'requests' | 'stored' | 'duplicates'>;

/** Of a Prometheus text exposition, the counters that the services' contract names. */
export function parseMetrics(text: string): Counters {
  const counters: Counters = { processStartSeconds: 0, requests: {}, stored: 0, duplicates: 0 };
  for (const line of text.split('\n')) {
    const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/.exec(line);
    if (sample === null) continue;
    const [, name, labels = '', text] = sample;
    const value = Number(text);
    if (name === 'process_start_time_seconds') counters.processStartSeconds = value;
    else if (name === 'logs_stored_total') counters.stored += value;
    else if (name === 'logs_duplicate_total') counters.duplicates += value;
    else if (name === 'http_requests_total') addRequests(counters.requests, labels, value);
  }
  return counters;
}

function addRequests(requests: Record<string, number>, labels: string, value: number): void {
  const label = (name: string): string => new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels)?.[1] ?? '';
  const key = `${label('method')} ${label('route')} ${label('status')}`;
  requests[key] = (requests[key] ?? 0) + value;
}
