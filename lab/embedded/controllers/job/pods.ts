/** The pods of a job: how they are made, told apart and counted. */
import type { Job } from 'kubernetes-types/batch/v1.js';
import type { Container, Pod } from 'kubernetes-types/core/v1.js';
import type { Stored } from '../../api/types.ts';
import { podFromTemplate } from '../shared/pod-control.ts';
import type { StoredPod } from '../shared/pods.ts';
import { isTerminating } from '../shared/pods.ts';
import { COMPLETION_INDEX } from './indexes.ts';

export type StoredJob = Stored<Job>;

/** Keeps a finished pod until it is counted, even if somebody deletes it before. */
export const TRACKING = 'batch.kubernetes.io/job-tracking';

export function isIndexed(job: StoredJob): boolean {
  return job.spec!.completionMode === 'Indexed';
}

export function isUncounted(pod: StoredPod): boolean {
  return pod.metadata.finalizers?.includes(TRACKING) ?? false;
}

export function hasSucceeded(pod: StoredPod): boolean {
  return pod.status?.phase === 'Succeeded';
}

/**
 * A pod that is being removed before its end counts as failed, since it will not do its part any more; with
 * podReplacementPolicy Failed only when it has really ended.
 */
export function hasFailed(job: StoredJob, pod: StoredPod): boolean {
  if (pod.status?.phase === 'Failed') return true;
  return isTerminating(pod) && !hasSucceeded(pod) && job.spec!.podReplacementPolicy !== 'Failed';
}

/** When the last container ended; for want of that, when the pod was deleted or made. */
export function finishedAt(pod: StoredPod): string {
  const times = (pod.status?.containerStatuses ?? []).flatMap(({ state }) => state?.terminated?.finishedAt ?? []);
  return times.sort().at(-1) ?? pod.metadata.deletionTimestamp ?? pod.metadata.creationTimestamp;
}

/** `index` is that of an Indexed job; its pods get it as annotation, label, hostname and environment. */
export function newPod(job: StoredJob, index: number | undefined): Pod {
  const pod = podFromTemplate(job, job.spec!.template);
  const finalizers = [...(pod.metadata!.finalizers ?? []), TRACKING];
  if (index === undefined) return { ...pod, metadata: { ...pod.metadata, finalizers } };
  const mark = { [COMPLETION_INDEX]: String(index) };
  const { initContainers, containers, hostname } = pod.spec!;
  return {
    metadata: {
      ...pod.metadata,
      finalizers,
      generateName: `${job.metadata.name}-${index}-`,
      annotations: { ...pod.metadata!.annotations, ...mark },
      labels: { ...pod.metadata!.labels, ...mark },
    },
    spec: {
      ...pod.spec,
      hostname: hostname ?? `${job.metadata.name}-${index}`,
      containers: containers.map(withIndexVariable),
      ...(initContainers && { initContainers: initContainers.map(withIndexVariable) }),
    },
  };
}

function withIndexVariable(container: Container): Container {
  const name = 'JOB_COMPLETION_INDEX';
  const env = container.env ?? [];
  if (env.some((variable) => variable.name === name)) return container;
  const fieldPath = `metadata.labels['${COMPLETION_INDEX}']`;
  return { ...container, env: [...env, { name, valueFrom: { fieldRef: { fieldPath } } }] };
}
