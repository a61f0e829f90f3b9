/** Revisions of a stateful set: its pod templates, kept as ControllerRevision objects. */
import type { ControllerRevision } from 'kubernetes-types/apps/v1.js';
import type { PodTemplateSpec } from 'kubernetes-types/core/v1.js';
import type { ApiClient } from '../../api/client.ts';
import type { Stored } from '../../api/types.ts';
import { equal } from '../../api/values.ts';
import { claimOwned, controllerReference, isControlledBy } from '../shared/owners.ts';
import type { StoredPod } from '../shared/pods.ts';
import { templateHash } from '../shared/template-hash.ts';
import { REVISION_LABEL } from './identity.ts';
import type { StoredStatefulSet } from './identity.ts';

const HASH_LABEL = 'controller.kubernetes.io/hash';

export type StoredRevision = Stored<ControllerRevision>;

/** The revisions that a rollout goes between; the same one when none is under way. */
export interface Revisions {
  current: StoredRevision;
  update: StoredRevision;
  collisionCount: number;
}

/** Finds the revision of the set's template, or creates it; going back to an earlier one gives that the highest number. */
export function syncRevisions(client: ApiClient, set: StoredStatefulSet): Revisions {
  const history = historyOf(client, set);
  const data = revisionData(set.spec!.template);
  const next = Math.max(0, ...history.map((entry) => entry.revision)) + 1;
  const same = history.findLast((entry) => equal(entry.data, data));
  const { update, collisionCount } = same
    ? { update: renumber(client, same, next), collisionCount: set.status?.collisionCount ?? 0 }
    : create(client, set, data, next);
  const current = history.find((entry) => entry.metadata.name === set.status?.currentRevision) ?? update;
  return { current, update, collisionCount };
}

/** The pod template that a revision keeps. */
export function templateOf(revision: StoredRevision): PodTemplateSpec {
  const { $patch: _, ...template } = (revision.data as ReturnType<typeof revisionData>).spec.template;
  return template;
}

/** Deletes the oldest revisions beyond spec.revisionHistoryLimit that no pod is of. */
export function pruneRevisions(
  client: ApiClient,
  set: StoredStatefulSet,
  revisions: Revisions,
  pods: StoredPod[],
): void {
  const live = new Set([
    revisions.current.metadata.name,
    revisions.update.metadata.name,
    ...pods.map((pod) => pod.metadata.labels?.[REVISION_LABEL]),
  ]);
  const unused = historyOf(client, set).filter((entry) => !live.has(entry.metadata.name));
  const excess = Math.max(0, unused.length - (set.spec!.revisionHistoryLimit ?? 10));
  for (const entry of unused.slice(0, excess)) {
    client.delete('controllerrevisions', entry.metadata.namespace, entry.metadata.name);
  }
}

function historyOf(client: ApiClient, set: StoredStatefulSet): StoredRevision[] {
  return claimOwned(client, 'controllerrevisions', set, set.spec!.selector).sort((a, b) => a.revision - b.revision);
}

/** A strategic merge patch that brings the set to this template: `kubectl rollout undo` sends it as it is. */
function revisionData(template: PodTemplateSpec): { spec: { template: PodTemplateSpec & { $patch: 'replace' } } } {
  return { spec: { template: { ...template, $patch: 'replace' } } };
}

function renumber(client: ApiClient, entry: StoredRevision, next: number): StoredRevision {
  if (entry.revision === next - 1) return entry;
  return client.update('controllerrevisions', { ...entry, revision: next });
}

/** Passes over names that are taken by something else, counting collisions. */
function create(
  client: ApiClient,
  set: StoredStatefulSet,
  data: ReturnType<typeof revisionData>,
  revision: number,
): { update: StoredRevision; collisionCount: number } {
  const { namespace, name } = set.metadata;
  for (let collisionCount = set.status?.collisionCount ?? 0; ; collisionCount++) {
    const hash = templateHash(data, collisionCount);
    const holder = client.find('controllerrevisions', namespace, `${name}-${hash}`);
    if (holder && !(isControlledBy(holder, set) && equal(holder.data, data))) continue;
    const update =
      holder ??
      client.create('controllerrevisions', {
        metadata: {
          namespace: namespace!,
          name: `${name}-${hash}`,
          labels: { ...set.spec!.template.metadata?.labels, [HASH_LABEL]: hash },
          ownerReferences: [controllerReference(set)],
        },
        data,
        revision,
      });
    return { update, collisionCount };
  }
}
