/** The services' own fault hook, which does to a pod from inside what the Kubernetes API cannot do from outside. */
import type { Cluster } from '../cluster/cluster.ts';
import type { KubeObject } from '../cluster/objects.ts';
import { ClusterError } from '../cluster/rest.ts';
import { UnsupportedFault } from './fault.ts';

type HookRequest = { crash: true } | { pauseMs: number } | { delayMs: number; forMs?: number };

function httpPort(pod: KubeObject): number {
  return pod.spec.containers[0].ports[0].containerPort as number;
}

/** Throws UnsupportedFault when the pod has no such hook. */
export async function askPod(cluster: Cluster, pod: KubeObject, request: HookRequest): Promise<void> {
  try {
    await cluster.podHttpPost(pod.metadata.name, httpPort(pod), '/lab/faults', request);
  } catch (error) {
    if (!(error instanceof ClusterError) || (error.code !== 404 && error.code !== 405)) throw error;
    throw new UnsupportedFault(`pod ${pod.metadata.name} takes no faults (is LAB_FAULTS on?)`, { cause: error });
  }
}

/** Milliseconds that the pod took to answer its liveness check. Throws when it did not answer. */
export async function answerMs(cluster: Cluster, pod: KubeObject): Promise<number> {
  const askedAt = performance.now();
  await cluster.podHttpGet(pod.metadata.name, httpPort(pod), '/livez');
  return performance.now() - askedAt;
}
