/** What the API server's admission adds to pods. The objects are changed. */
import { withCondition } from '../conditions.ts';
import { containersOf } from '../defaults/pod.ts';
import { equal } from '../values.ts';
import { forbidden } from '../status-errors.ts';
import type { KubeObject } from '../types.ts';
import type { Context } from './context.ts';
import { warnOfPod } from './pod-warnings.ts';

const DEFAULT_TOLERATION_SECONDS = 300;

const POD = { plural: 'pods', kind: 'Pod', group: '' } as const;

export function preparePodCreate(pod: KubeObject, context: Context): void {
  pod.status = { phase: 'Pending', qosClass: qosClass(pod.spec) };
  setServiceAccount(pod, context);
  pod.spec.priority ??= 0;
  pod.spec.preemptionPolicy ??= 'PreemptLowerPriority';
  tolerateFailingNodes(pod, context);
  noteGates(pod);
  warnOfPod(pod, context.warn);
}

/** Until its gates are removed nobody tries to schedule a pod. */
function noteGates(pod: KubeObject): void {
  if ((pod.spec.schedulingGates ?? []).length === 0) return;
  pod.status.conditions = withCondition([], {
    type: 'PodScheduled',
    status: 'False',
    reason: 'SchedulingGated',
    message: 'Scheduling is blocked due to non-empty scheduling gates',
  });
}

export function preparePodUpdate(pod: KubeObject, current: KubeObject, context: Context): void {
  pod.spec.priority ??= current.spec.priority;
  pod.spec.preemptionPolicy ??= current.spec.preemptionPolicy;
  tolerateFailingNodes(pod, context);
}

/** The account `default` is made for each namespace, a moment after it: pods need not wait for that. */
function setServiceAccount({ metadata, spec }: KubeObject, { store }: Context): void {
  spec.serviceAccountName ??= 'default';
  spec.serviceAccount = spec.serviceAccountName;
  const name: string = spec.serviceAccountName;
  if (name === 'default' || store.find('serviceaccounts', metadata.namespace, name) !== undefined) return;
  const account = `${metadata.namespace}/${name}`;
  const cause = `error looking up service account ${account}: serviceaccount "${name}" not found`;
  throw forbidden(POD, metadata.name, cause);
}

/** A pod that does not say how long it stays on a node that fails stays for as long as the cluster is set to. */
function tolerateFailingNodes({ spec }: KubeObject, { options }: Context): void {
  const tolerationSeconds = options.defaultTolerationSeconds ?? DEFAULT_TOLERATION_SECONDS;
  for (const condition of ['not-ready', 'unreachable']) {
    const key = `node.kubernetes.io/${condition}`;
    const tolerated = (spec.tolerations ?? []).some(
      (toleration: any) =>
        (toleration.key === key || !toleration.key) && (toleration.effect === 'NoExecute' || !toleration.effect),
    );
    if (tolerated) continue;
    const toleration = { key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds };
    spec.tolerations = [...(spec.tolerations ?? []), toleration];
  }
}

/** Follows pkg/apis/core/v1/helper/qos of Kubernetes. */
function qosClass(spec: any): string {
  const resources = containersOf(spec).map((container) => container.resources ?? {});
  const given = resources.flatMap(({ limits = {}, requests = {} }) => [
    ...Object.entries(limits),
    ...Object.entries(requests),
  ]);
  if (given.every(([, quantity]) => quantity === '0')) return 'BestEffort';
  const guaranteed = resources.every(
    ({ limits = {}, requests = {} }) =>
      limits.cpu !== undefined &&
      limits.memory !== undefined &&
      equal([limits.cpu, limits.memory], [requests.cpu, requests.memory]),
  );
  return guaranteed ? 'Guaranteed' : 'Burstable';
}
