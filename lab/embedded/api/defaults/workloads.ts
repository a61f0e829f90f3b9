/** Defaults of the kinds that make pods (pkg/apis/apps/v1 and batch/v1 of Kubernetes). The objects given are changed. */
import type { KubeObject } from '../types.ts';
import { defaultPodSpec } from './pod.ts';

/** The template is a required part, but what is missing in it is reported by validation. */
function defaultTemplate(spec: any): void {
  spec.template ??= {};
  spec.template.metadata ??= {};
  spec.template.spec ??= {};
  defaultPodSpec(spec.template.spec);
}

export function defaultDeployment({ spec }: KubeObject): void {
  defaultTemplate(spec);
  spec.replicas ??= 1;
  spec.revisionHistoryLimit ??= 10;
  spec.progressDeadlineSeconds ??= 600;
  spec.strategy ??= {};
  spec.strategy.type ||= 'RollingUpdate';
  if (spec.strategy.type !== 'RollingUpdate') return;
  spec.strategy.rollingUpdate ??= {};
  spec.strategy.rollingUpdate.maxUnavailable ??= '25%';
  spec.strategy.rollingUpdate.maxSurge ??= '25%';
}

export function defaultReplicaSet({ spec }: KubeObject): void {
  defaultTemplate(spec);
  spec.replicas ??= 1;
}

export function defaultStatefulSet({ spec }: KubeObject): void {
  defaultTemplate(spec);
  spec.replicas ??= 1;
  spec.serviceName ??= '';
  spec.revisionHistoryLimit ??= 10;
  spec.podManagementPolicy ||= 'OrderedReady';
  spec.persistentVolumeClaimRetentionPolicy ??= {};
  spec.persistentVolumeClaimRetentionPolicy.whenDeleted ??= 'Retain';
  spec.persistentVolumeClaimRetentionPolicy.whenScaled ??= 'Retain';
  spec.updateStrategy ??= {};
  spec.updateStrategy.type ||= 'RollingUpdate';
  if (spec.updateStrategy.type === 'RollingUpdate') {
    spec.updateStrategy.rollingUpdate ??= {};
    spec.updateStrategy.rollingUpdate.partition ??= 0;
  }
  for (const claim of spec.volumeClaimTemplates ?? []) defaultClaimTemplate(claim);
}

function defaultClaimTemplate(claim: any): void {
  claim.apiVersion ??= 'v1';
  claim.kind ??= 'PersistentVolumeClaim';
  claim.spec ??= {};
  claim.spec.volumeMode ??= 'Filesystem';
  claim.status ??= {};
  claim.status.phase ??= 'Pending';
}

export function defaultJob({ spec }: KubeObject): void {
  defaultTemplate(spec);
  // Neither given means one pod; only parallelism given means a work queue, which has no number of completions.
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  spec.parallelism ??= 1;
  spec.backoffLimit ??= 6;
  spec.completionMode ??= 'NonIndexed';
  spec.manualSelector ??= false;
  spec.suspend ??= false;
  spec.podReplacementPolicy ??= spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed';
}
