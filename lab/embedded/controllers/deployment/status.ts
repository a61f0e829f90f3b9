/** What a deployment reports: counts, and whether its rollout gets on. */
import type { DeploymentCondition, DeploymentStatus } from 'kubernetes-types/apps/v1.js';
import type { ApiClient } from '../../api/client.ts';
import { timestamp } from '../../api/metadata.ts';
import { recordEvent } from '../events.ts';
import type { RequeueAfter } from '../runtime.ts';
import { findCondition, withCondition, withoutCondition } from '../shared/conditions.ts';
import { secondsSince } from '../shared/time.ts';
import { updateStatus } from '../shared/write.ts';
import { allOf, boundsOf, desiredReplicas, totalSize } from './replica-sets.ts';
import type { Rollout, StoredDeployment, StoredReplicaSet } from './replica-sets.ts';
import { createReplicaSet } from './revisions.ts';
import { announce, COMPONENT } from './scale.ts';

/** kubernetes-types describes 1.30, which did not count these yet. */
type Status = DeploymentStatus & { terminatingReplicas?: number };
type ReplicaSetCounts = Partial<
  Record<'replicas' | 'readyReplicas' | 'availableReplicas' | 'terminatingReplicas', number>
>;

/** progressDeadlineSeconds of those who want none. */
const NO_DEADLINE = 2 ** 31 - 1;

/** Every desired pod is of the current revision and available, and no other is left. */
export function isComplete(deployment: StoredDeployment, status: DeploymentStatus | undefined): boolean {
  const desired = desiredReplicas(deployment);
  return (
    status !== undefined &&
    (status.updatedReplicas ?? 0) === desired &&
    (status.replicas ?? 0) === desired &&
    (status.availableReplicas ?? 0) === desired &&
    (status.observedGeneration ?? 0) >= deployment.metadata.generation!
  );
}

/** Writes the status. `rolling` also judges the rollout's progress; the result is when to judge it again. */
export function reportStatus(client: ApiClient, rollout: Rollout, rolling: boolean): RequeueAfter {
  const { deployment } = rollout;
  const counts = countReplicas(rollout);
  let conditions = withAvailability(deployment, counts);
  if (rolling) conditions = withFailure(withProgress(rollout, counts, conditions), rollout);
  const stored = updateStatus(client, 'deployments', deployment, { ...counts, conditions });
  return rolling ? secondsToDeadline(stored) : undefined;
}

/** Notes that the deployment was paused or resumed, which keeps its deadline from passing meanwhile. */
export function notePause(client: ApiClient, deployment: StoredDeployment): void {
  const { paused = false } = deployment.spec!;
  const reason = findCondition(deployment.status?.conditions, 'Progressing')?.reason;
  const wasPaused = reason === 'DeploymentPaused';
  if (paused === wasPaused || reason === 'ProgressDeadlineExceeded') return;
  if (paused) noteProgress(client, deployment, 'Unknown', 'DeploymentPaused', 'Deployment is paused');
  else noteProgress(client, deployment, 'Unknown', 'DeploymentResumed', 'Deployment is resumed');
}

/** Creates the replica set of the deployment's template. Undefined when that has to be tried again with another name. */
export function startRevision(client: ApiClient, rollout: Rollout, replicas: number): StoredReplicaSet | undefined {
  const { deployment } = rollout;
  try {
    const created = createReplicaSet(client, rollout, replicas);
    if (!created) return undefined;
    if (replicas > 0) announce(client, deployment, created, 0, replicas);
    noteProgress(
      client,
      deployment,
      'True',
      'NewReplicaSetCreated',
      `Created new replica set "${created.metadata.name}"`,
    );
    return created;
  } catch (error) {
    const message = `Failed to create new replica set: ${(error as Error).message}`;
    noteProgress(client, deployment, 'False', 'ReplicaSetCreateError', message);
    recordEvent(client, deployment, 'Warning', 'ReplicaSetCreateError', message, COMPONENT);
    throw error;
  }
}

function noteProgress(
  client: ApiClient,
  deployment: StoredDeployment,
  status: string,
  reason: string,
  message: string,
): void {
  if (!deadlineOf(deployment)) return;
  const stored = client.get('deployments', deployment.metadata.namespace, deployment.metadata.name);
  const conditions = setCondition(stored.status?.conditions, { type: 'Progressing', status, reason, message });
  updateStatus(client, 'deployments', deployment, { ...stored.status, conditions });
}

function countReplicas(rollout: Rollout): Status {
  const { deployment, current } = rollout;
  const all = allOf(rollout);
  const availableReplicas = sum(all, 'availableReplicas');
  const { collisionCount } = deployment.status ?? {};
  return {
    observedGeneration: deployment.metadata.generation!,
    replicas: sum(all, 'replicas'),
    updatedReplicas: current?.status?.replicas ?? 0,
    readyReplicas: sum(all, 'readyReplicas'),
    availableReplicas,
    unavailableReplicas: Math.max(0, totalSize(all) - availableReplicas),
    terminatingReplicas: sum(all, 'terminatingReplicas'),
    ...(collisionCount !== undefined && { collisionCount }),
  };
}

function sum(replicaSets: StoredReplicaSet[], field: keyof ReplicaSetCounts): number {
  const counts: (ReplicaSetCounts | undefined)[] = replicaSets.map(({ status }) => status);
  return counts.reduce((total, status) => total + (status?.[field] ?? 0), 0);
}

function withAvailability(deployment: StoredDeployment, counts: Status): DeploymentCondition[] {
  const minimum = desiredReplicas(deployment) - boundsOf(deployment).maxUnavailable;
  const { conditions } = deployment.status ?? {};
  return counts.availableReplicas! >= minimum
    ? setCondition(conditions, {
        type: 'Available',
        status: 'True',
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
      })
    : setCondition(conditions, {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      });
}

function withProgress(rollout: Rollout, counts: Status, conditions: DeploymentCondition[]): DeploymentCondition[] {
  const { deployment, current } = rollout;
  const deadline = deadlineOf(deployment);
  if (!deadline) return withoutCondition(conditions, 'Progressing');
  const before = findCondition(conditions, 'Progressing');
  // A finished rollout is not judged again when a pod of it comes or goes.
  if (counts.replicas === counts.updatedReplicas && before?.reason === 'NewReplicaSetAvailable') return conditions;
  const subject = current ? `ReplicaSet "${current.metadata.name}"` : `Deployment "${deployment.metadata.name}"`;
  if (isComplete(deployment, counts)) {
    const message = `${subject} has successfully progressed.`;
    const reason = 'NewReplicaSetAvailable';
    return setCondition(conditions, { type: 'Progressing', status: 'True', reason, message });
  }
  if (hasProgressed(deployment.status ?? {}, counts)) {
    const message = `${subject} is progressing.`;
    // Written even if it says the same as before: lastUpdateTime is what the deadline is reckoned from.
    const next = { type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated', message };
    return withLast(conditions, { ...next, lastUpdateTime: timestamp() });
  }
  if (isOverdue(before, deadline)) {
    const message = `${subject} has timed out progressing.`;
    const reason = 'ProgressDeadlineExceeded';
    return setCondition(conditions, { type: 'Progressing', status: 'False', reason, message });
  }
  return conditions;
}

function hasProgressed(before: DeploymentStatus, now: Status): boolean {
  return (
    now.updatedReplicas! > (before.updatedReplicas ?? 0) ||
    oldReplicas(now) < oldReplicas(before) ||
    now.readyReplicas! > (before.readyReplicas ?? 0) ||
    now.availableReplicas! > (before.availableReplicas ?? 0)
  );
}

function oldReplicas({ replicas = 0, updatedReplicas = 0 }: DeploymentStatus): number {
  return replicas - updatedReplicas;
}

function isOverdue(progressing: DeploymentCondition | undefined, deadlineSeconds: number): boolean {
  if (!progressing || progressing.reason === 'NewReplicaSetAvailable') return false;
  if (progressing.reason === 'ProgressDeadlineExceeded') return true;
  return secondsSince(progressing.lastUpdateTime) > deadlineSeconds;
}

function secondsToDeadline(deployment: StoredDeployment): RequeueAfter {
  const deadline = deadlineOf(deployment);
  const progressing = findCondition(deployment.status?.conditions, 'Progressing');
  const judged = ['NewReplicaSetAvailable', 'ProgressDeadlineExceeded'];
  if (!deadline || !progressing || judged.includes(progressing.reason!)) return undefined;
  return Math.max(0, deadline - secondsSince(progressing.lastUpdateTime)) + 0.01;
}

function withFailure(conditions: DeploymentCondition[], rollout: Rollout): DeploymentCondition[] {
  const newestFirst = allOf(rollout).toReversed();
  const failures = newestFirst.flatMap(({ status }) => findCondition(status?.conditions, 'ReplicaFailure') ?? []);
  const [failure] = failures;
  return failure ? setCondition(conditions, failure) : withoutCondition(conditions, 'ReplicaFailure');
}

/** Seconds; 0 for none. */
function deadlineOf(deployment: StoredDeployment): number {
  const { progressDeadlineSeconds = 0 } = deployment.spec!;
  return progressDeadlineSeconds === NO_DEADLINE ? 0 : progressDeadlineSeconds;
}

/** Leaves a condition alone, its lastUpdateTime included, that has this status and reason already. */
function setCondition(conditions: DeploymentCondition[] | undefined, next: DeploymentCondition): DeploymentCondition[] {
  const before = findCondition(conditions, next.type);
  if (before?.status === next.status && before.reason === next.reason) return conditions!;
  return withLast(conditions, { ...next, lastUpdateTime: timestamp() });
}

/** A condition that is written anew comes last: the order tells what was said when. */
function withLast(conditions: DeploymentCondition[] | undefined, next: DeploymentCondition): DeploymentCondition[] {
  const entry = findCondition(withCondition(conditions, next), next.type)!;
  return [...withoutCondition(conditions, next.type), entry];
}
