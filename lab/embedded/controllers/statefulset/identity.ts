/** What makes a pod of a stateful set that pod and no other: its ordinal, name, labels and claims. */
import type { StatefulSet } from 'kubernetes-types/apps/v1.js';
import type { PersistentVolumeClaim, Pod, PodTemplateSpec, Volume } from 'kubernetes-types/core/v1.js';
import type { Stored } from '../../api/types.ts';
import { podFromTemplate } from '../shared/pod-control.ts';

export type StoredStatefulSet = Stored<StatefulSet>;

export const REVISION_LABEL = 'controller-revision-hash';
const POD_NAME_LABEL = 'statefulset.kubernetes.io/pod-name';
const POD_INDEX_LABEL = 'apps.kubernetes.io/pod-index';

/** Ordinals that the set asks for: from `first` up to, but without, `end`. */
export function ordinalRange(set: StoredStatefulSet): { first: number; end: number } {
  const first = set.spec!.ordinals?.start ?? 0;
  return { first, end: first + (set.spec!.replicas ?? 1) };
}

/** Undefined for a pod whose name is not one that the set gives. */
export function ordinalOf(set: StoredStatefulSet, podName: string): number | undefined {
  const prefix = `${set.metadata.name}-`;
  const suffix = podName.startsWith(prefix) ? podName.slice(prefix.length) : '';
  return /^\d+$/.test(suffix) ? Number(suffix) : undefined;
}

export function podName(set: StoredStatefulSet, ordinal: number): string {
  return `${set.metadata.name}-${ordinal}`;
}

export function identityLabels(set: StoredStatefulSet, ordinal: number): Record<string, string> {
  return { [POD_NAME_LABEL]: podName(set, ordinal), [POD_INDEX_LABEL]: String(ordinal) };
}

export function newPod(set: StoredStatefulSet, template: PodTemplateSpec, revision: string, ordinal: number): Pod {
  const { metadata, spec } = podFromTemplate(set, template);
  const { generateName: _, ...rest } = metadata!;
  const name = podName(set, ordinal);
  const labels = { ...rest.labels, ...identityLabels(set, ordinal), [REVISION_LABEL]: revision };
  const volumes = [...claimVolumes(set, ordinal), ...otherVolumes(set, spec?.volumes)];
  return {
    metadata: { ...rest, name, labels },
    spec: {
      ...spec!,
      hostname: name,
      ...(set.spec!.serviceName && { subdomain: set.spec!.serviceName }),
      ...(volumes.length > 0 && { volumes }),
    },
  };
}

/** The claims of one ordinal. They have no owner by default: data outlives the pod and the set. */
export function claimsFor(set: StoredStatefulSet, ordinal: number): PersistentVolumeClaim[] {
  return (set.spec!.volumeClaimTemplates ?? []).map((template) => ({
    metadata: {
      ...(template.metadata?.annotations && { annotations: template.metadata.annotations }),
      namespace: set.metadata.namespace!,
      name: claimName(set, template, ordinal),
      labels: { ...template.metadata?.labels, ...set.spec!.selector.matchLabels },
    },
    spec: template.spec!,
  }));
}

function claimName(set: StoredStatefulSet, template: PersistentVolumeClaim, ordinal: number): string {
  return `${template.metadata!.name}-${podName(set, ordinal)}`;
}

function claimVolumes(set: StoredStatefulSet, ordinal: number): Volume[] {
  return (set.spec!.volumeClaimTemplates ?? []).map((template) => ({
    name: template.metadata!.name!,
    persistentVolumeClaim: { claimName: claimName(set, template, ordinal) },
  }));
}

function otherVolumes(set: StoredStatefulSet, volumes: Volume[] = []): Volume[] {
  const claimed = new Set((set.spec!.volumeClaimTemplates ?? []).map((template) => template.metadata!.name));
  return volumes.filter((volume) => !claimed.has(volume.name));
}
