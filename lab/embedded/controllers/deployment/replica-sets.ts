/** The replica sets of one deployment, and what the deployment notes on them. */
import type { Deployment, ReplicaSet } from 'kubernetes-types/apps/v1.js';
import type { Stored } from '../../api/types.ts';
import { resolveIntOrPercent } from '../shared/int-or-percent.ts';

export type StoredDeployment = Stored<Deployment>;
export type StoredReplicaSet = Stored<ReplicaSet>;

export const REVISION = 'deployment.kubernetes.io/revision';
export const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
/** spec.replicas of the deployment when it last sized this replica set: tells a change of scale from a rollout. */
export const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas';
/** The same plus maxSurge: what the replica set's share of a change of scale is reckoned from. */
export const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas';

/** A deployment's replica sets at one moment of its rollout. */
export interface Rollout {
  deployment: StoredDeployment;
  /** The one whose template is the deployment's; undefined until it is created. */
  current: StoredReplicaSet | undefined;
  /** All others, oldest first. */
  old: StoredReplicaSet[];
}

export function allOf({ current, old }: Rollout): StoredReplicaSet[] {
  return current ? [...old, current] : old;
}

export function sizeOf(replicaSet: StoredReplicaSet): number {
  return replicaSet.spec!.replicas ?? 1;
}

export function desiredReplicas(deployment: StoredDeployment): number {
  return deployment.spec!.replicas ?? 1;
}

/** Pods asked for, which may be ahead of those that exist. */
export function totalSize(replicaSets: StoredReplicaSet[]): number {
  return replicaSets.reduce((sum, replicaSet) => sum + sizeOf(replicaSet), 0);
}

/**
 * Pods asked for, and those that a replica set which was just made smaller has not given up yet. Kubernetes counts only
 * the former here, and so has more than maxSurge for the moment that its replica set controller takes.
 */
export function totalPods(replicaSets: StoredReplicaSet[]): number {
  return replicaSets.reduce(
    (sum, replicaSet) => sum + Math.max(sizeOf(replicaSet), replicaSet.status?.replicas ?? 0),
    0,
  );
}

/** Available pods. A replica set that was just made smaller still reports pods that are about to go: not counted. */
export function availableOf(replicaSet: StoredReplicaSet): number {
  return Math.min(replicaSet.status?.availableReplicas ?? 0, sizeOf(replicaSet));
}

/** Timestamps are to the second: the revision decides between replica sets of the same one. */
export function oldestFirst(a: StoredReplicaSet, b: StoredReplicaSet): number {
  const [left, right] = [a.metadata.creationTimestamp, b.metadata.creationTimestamp];
  if (left !== right) return left < right ? -1 : 1;
  return revisionOf(a) - revisionOf(b);
}

/** 0 for a replica set that was not made by a deployment. */
export function revisionOf(replicaSet: StoredReplicaSet): number {
  return Number(replicaSet.metadata.annotations?.[REVISION] ?? 0);
}

export interface Bounds {
  /** How many pods there may be beyond the desired ones. */
  maxSurge: number;
  /** How many of the desired ones may be missing. */
  maxUnavailable: number;
}

/** Both are 0 for Recreate. When both would round to 0, one may be missing: the rollout could not move otherwise. */
export function boundsOf(deployment: StoredDeployment): Bounds {
  const { strategy } = deployment.spec!;
  if (strategy?.type === 'Recreate') return { maxSurge: 0, maxUnavailable: 0 };
  const desired = desiredReplicas(deployment);
  const maxSurge = resolveIntOrPercent(strategy?.rollingUpdate?.maxSurge ?? '25%', desired, 'up');
  const maxUnavailable = resolveIntOrPercent(strategy?.rollingUpdate?.maxUnavailable ?? '25%', desired, 'down');
  if (maxSurge === 0 && maxUnavailable === 0) return { maxSurge, maxUnavailable: 1 };
  return { maxSurge, maxUnavailable: Math.min(maxUnavailable, desired) };
}
