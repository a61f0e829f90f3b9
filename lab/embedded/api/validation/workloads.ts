/** Rules for the kinds that make pods (pkg/apis/apps/validation and batch/validation of Kubernetes). */
import { matchLabelSelector } from '../selectors/labels.ts';
import type { KubeObject } from '../types.ts';
import { equal } from '../values.ts';
import { validateLabels, validateSelector, checkImmutable } from './metadata.ts';
import { checkAtMostAll, checkCountOrPercent, checkNotNegative, checkOneOf } from './numbers.ts';
import { validatePodSpec } from './pod.ts';
import type { Problems } from './problems.ts';

export function validateDeployment({ spec }: KubeObject, problems: Problems): void {
  checkNotNegative(problems, 'spec.replicas', spec.replicas);
  validateSelectorAndTemplate(spec, 'deployment', problems);
  validateStrategy(spec.strategy, problems);
  checkNotNegative(problems, 'spec.minReadySeconds', spec.minReadySeconds);
  checkNotNegative(problems, 'spec.revisionHistoryLimit', spec.revisionHistoryLimit);
  checkNotNegative(problems, 'spec.progressDeadlineSeconds', spec.progressDeadlineSeconds);
  if (spec.progressDeadlineSeconds <= (spec.minReadySeconds ?? 0)) {
    const detail = 'must be greater than minReadySeconds';
    problems.invalid('spec.progressDeadlineSeconds', spec.progressDeadlineSeconds, detail);
  }
}

function validateStrategy(strategy: any, problems: Problems): void {
  const field = 'spec.strategy';
  const { type, rollingUpdate } = strategy;
  if (type === 'Recreate') {
    if (rollingUpdate !== undefined) {
      problems.forbidden(`${field}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'");
    }
    return;
  }
  if (type !== 'RollingUpdate') return problems.unsupported(field, strategy, ['Recreate', 'RollingUpdate']);
  const { maxSurge, maxUnavailable } = rollingUpdate;
  checkCountOrPercent(problems, `${field}.rollingUpdate.maxUnavailable`, maxUnavailable);
  checkCountOrPercent(problems, `${field}.rollingUpdate.maxSurge`, maxSurge);
  if (isZero(maxSurge) && isZero(maxUnavailable)) {
    const detail = 'may not be 0 when `maxSurge` is 0';
    problems.invalid(`${field}.rollingUpdate.maxUnavailable`, maxUnavailable, detail);
  }
  checkAtMostAll(problems, `${field}.rollingUpdate.maxUnavailable`, maxUnavailable);
}

function isZero(value: number | string): boolean {
  return value === 0 || value === '0%';
}

export function validateReplicaSet({ spec }: KubeObject, problems: Problems): void {
  checkNotNegative(problems, 'spec.replicas', spec.replicas);
  checkNotNegative(problems, 'spec.minReadySeconds', spec.minReadySeconds);
  validateSelectorAndTemplate(spec, 'replicaset', problems);
}

/** What all updates of a Deployment or ReplicaSet must leave alone. */
export function validateSelectorUpdate(next: KubeObject, current: KubeObject, problems: Problems): void {
  checkImmutable(problems, 'spec.selector', next.spec.selector, current.spec.selector);
}

export function validateStatefulSet({ spec }: KubeObject, problems: Problems): void {
  if (!['OrderedReady', 'Parallel'].includes(spec.podManagementPolicy)) {
    problems.invalid('spec.podManagementPolicy', spec.podManagementPolicy, "must be 'OrderedReady' or 'Parallel'");
  }
  const { type, rollingUpdate } = spec.updateStrategy;
  if (type === 'OnDelete') {
    if (rollingUpdate !== undefined) {
      const detail = "only allowed for updateStrategy 'RollingUpdate'";
      problems.invalid('spec.updateStrategy.rollingUpdate', rollingUpdate, detail);
    }
  } else if (type !== 'RollingUpdate') {
    problems.invalid('spec.updateStrategy', spec.updateStrategy, "must be 'RollingUpdate' or 'OnDelete'");
  }
  checkNotNegative(problems, 'spec.updateStrategy.rollingUpdate.partition', rollingUpdate?.partition);
  for (const field of ['whenDeleted', 'whenScaled']) {
    const value = spec.persistentVolumeClaimRetentionPolicy[field];
    checkOneOf(problems, `spec.persistentVolumeClaimRetentionPolicy.${field}`, value, ['Delete', 'Retain']);
  }
  checkNotNegative(problems, 'spec.replicas', spec.replicas);
  checkNotNegative(problems, 'spec.minReadySeconds', spec.minReadySeconds);
  checkNotNegative(problems, 'spec.ordinals.start', spec.ordinals?.start);
  // Mounts may name the claims, which become volumes of the pods.
  const claims = (spec.volumeClaimTemplates ?? []).map(({ metadata }: any) => ({
    name: metadata?.name,
    persistentVolumeClaim: { claimName: metadata?.name },
  }));
  validateSelectorAndTemplate(spec, 'statefulset', problems, claims);
}

const STATEFUL_SET_UPDATABLE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];

const STATEFUL_SET_FIXED = ['serviceName', 'podManagementPolicy', 'selector', 'volumeClaimTemplates'];

export function validateStatefulSetUpdate(next: KubeObject, current: KubeObject, problems: Problems): void {
  for (const field of STATEFUL_SET_FIXED) {
    checkImmutable(problems, `spec.${field}`, next.spec[field], current.spec[field]);
  }
  if (!equal(otherFields(next.spec), otherFields(current.spec))) {
    const list = STATEFUL_SET_UPDATABLE.map((field) => `'${field}'`);
    problems.forbidden(
      'spec',
      `updates to statefulset spec for fields other than ${list.slice(0, -1).join(', ')} and ${list.at(-1)} are forbidden`,
    );
  }
}

/** What is neither updatable nor reported by its own name. */
function otherFields(spec: any): unknown {
  const named = [...STATEFUL_SET_UPDATABLE, ...STATEFUL_SET_FIXED];
  return Object.fromEntries(Object.entries(spec).filter(([field]) => !named.includes(field)));
}

export function validateJob({ metadata, spec }: KubeObject, problems: Problems): void {
  for (const field of [
    'parallelism',
    'completions',
    'activeDeadlineSeconds',
    'backoffLimit',
    'ttlSecondsAfterFinished',
  ]) {
    checkNotNegative(problems, `spec.${field}`, spec[field]);
  }
  checkOneOf(problems, 'spec.completionMode', spec.completionMode, ['Indexed', 'NonIndexed']);
  const generated = { matchLabels: { 'batch.kubernetes.io/controller-uid': metadata.uid } };
  if (spec.manualSelector !== true && !equal(spec.selector, generated)) {
    problems.invalid('spec.selector', spec.selector, '`selector` not auto-generated');
  }
  const { labels } = spec.template.metadata;
  if (!matchLabelSelector(spec.selector)(labels)) {
    problems.invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`');
  }
  const { restartPolicy } = spec.template.spec;
  const policies = ['OnFailure', 'Never'];
  if (restartPolicy === 'Always') {
    // Always is what the default makes of a missing policy, which is what most likely happened.
    problems.required(
      'spec.template.spec.restartPolicy',
      `valid values: ${policies.map((policy) => `"${policy}"`).join(', ')}`,
    );
  } else checkOneOf(problems, 'spec.template.spec.restartPolicy', restartPolicy, policies);
  validatePodSpec(spec.template.spec, 'spec.template.spec', problems);
}

export function validateJobUpdate(next: KubeObject, current: KubeObject, problems: Problems): void {
  for (const field of ['completions', 'selector', 'template', 'completionMode']) {
    checkImmutable(problems, `spec.${field}`, next.spec[field], current.spec[field]);
  }
}

/** @param volumes what pods get besides the template's own volumes */
function validateSelectorAndTemplate(spec: any, what: string, problems: Problems, volumes: readonly any[] = []): void {
  const { selector, template } = spec;
  const known = problems.errors.length;
  if (selector === undefined) problems.required('spec.selector');
  else {
    validateSelector(selector, 'spec.selector', problems);
    if (problems.errors.length > known) problems.invalid('spec.selector', selector, 'invalid label selector');
    if (Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0) {
      problems.invalid('spec.selector', selector, `empty selector is invalid for ${what}`);
    }
  }
  const labels = template.metadata.labels;
  validateLabels(labels, 'spec.template.metadata.labels', problems);
  const readable = selector === undefined || problems.errors.length === known;
  if (readable && !matchLabelSelector(selector)(labels)) {
    problems.invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`');
  }
  const own = template.spec.volumes ?? [];
  const claimed = volumes.filter(({ name }) => own.every((volume: any) => volume.name !== name));
  validatePodSpec({ ...template.spec, volumes: [...own, ...claimed] }, 'spec.template.spec', problems);
  checkOneOf(problems, 'spec.template.spec.restartPolicy', template.spec.restartPolicy, ['Always']);
  if (template.spec.activeDeadlineSeconds !== undefined) {
    problems.forbidden(
      'spec.template.spec.activeDeadlineSeconds',
      `activeDeadlineSeconds in ${titleOf(what)} is not Supported`,
    );
  }
}

const TITLES: Record<string, string> = {
  deployment: 'ReplicaSet',
  replicaset: 'ReplicaSet',
  statefulset: 'StatefulSet',
};

function titleOf(what: string): string {
  return TITLES[what]!;
}
