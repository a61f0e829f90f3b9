/** What the API says of a worker's pod that has ended. Pure. */
import type { KubeObject } from '../../cluster/objects.ts';

export function isOver({ status }: KubeObject): boolean {
  return status?.phase === 'Failed' || status?.phase === 'Succeeded';
}

export function whyOver({ status }: KubeObject): string {
  // Set by whoever ended the pod as a whole: Evicted, NodeLost, DeadlineExceeded, ...
  if (status.reason !== undefined) return `its pod was ended: ${status.reason} ${status.message ?? ''}`.trimEnd();
  const { exitCode, signal, reason } = status.containerStatuses?.[0]?.state?.terminated ?? {};
  if (exitCode === undefined) return `its pod has ${status.phase.toLowerCase()}`;
  const how = [signal && `signal ${signal}`, reason !== 'Error' && reason].filter(Boolean).join(', ');
  return `its process ended with exit code ${exitCode}${how && ` (${how})`}`;
}
