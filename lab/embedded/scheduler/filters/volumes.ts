/** Filters on volumes: where the pod's claims are bound, or could be. */
import { findVolume, isUsableOn } from '../../controllers/volume/matching.ts';
import { isBound, SELECTED_NODE } from '../../controllers/volume/names.ts';
import type { StoredClaim } from '../../controllers/volume/names.ts';
import type { StoredPod } from '../../controllers/shared/pods.ts';
import type { Cluster } from '../cluster.ts';
import { accept, reject, rejectFinally, Unschedulable } from './filter.ts';
import type { Check, Filter } from './filter.ts';

const NO_PROVISIONER = 'kubernetes.io/no-provisioner';

export const volumeRestrictions: Filter = {
  name: 'VolumeRestrictions',
  wakesOn: ['pod-removed', 'volume-changed'],
  prepare(pod, cluster) {
    const exclusive = new Set(
      claimNames(pod).filter((name) => {
        const claim = cluster.client.find('persistentvolumeclaims', pod.metadata.namespace, name);
        return claim?.spec?.accessModes?.includes('ReadWriteOncePod');
      }),
    );
    const taken = cluster.nodes
      .flatMap(({ pods }) => pods)
      .filter((other) => other.metadata.namespace === pod.metadata.namespace)
      .some((other) => claimNames(other).some((name) => exclusive.has(name)));
    const reason =
      'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod';
    return taken ? () => reject(reason) : accept;
  },
};

export const volumeBinding: Filter = {
  name: 'VolumeBinding',
  wakesOn: ['node-changed', 'volume-changed'],
  prepare(pod, cluster) {
    const checks = podClaims(pod, cluster).map((claim) =>
      isBound(claim) ? checkBound(claim, cluster) : checkUnbound(claim, cluster),
    );
    return (node) => {
      const rejections = checks.flatMap((check) => check(node) ?? []);
      if (rejections.length === 0) return undefined;
      return rejectFinally(...new Set(rejections.flatMap(({ reasons }) => reasons)));
    };
  },
};

/** The pod's claims that have no volume yet: one is to be made or chosen for the node that the pod goes to. */
export function unboundClaims(pod: StoredPod, cluster: Cluster): StoredClaim[] {
  return podClaims(pod, cluster).filter((claim) => !isBound(claim));
}

function claimNames(pod: StoredPod): string[] {
  return (pod.spec?.volumes ?? []).flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []);
}

function podClaims(pod: StoredPod, { client }: Cluster): StoredClaim[] {
  return claimNames(pod).map((name) => {
    const claim = client.find('persistentvolumeclaims', pod.metadata.namespace, name);
    if (!claim) throw new Unschedulable(`persistentvolumeclaim "${name}" not found`);
    if (claim.metadata.deletionTimestamp !== undefined) {
      throw new Unschedulable(`persistentvolumeclaim "${name}" is being deleted`);
    }
    if (claim.status?.phase === 'Lost') {
      const volume = claim.spec?.volumeName ?? '';
      throw new Unschedulable(`persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${volume}"`);
    }
    return claim;
  });
}

function checkBound(claim: StoredClaim, { client }: Cluster): Check {
  const volume = client.find('persistentvolumes', undefined, claim.spec!.volumeName!);
  if (!volume) return () => rejectFinally('node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)');
  return ({ node }) =>
    isUsableOn(volume, node) ? undefined : rejectFinally("node(s) didn't match PersistentVolume's node affinity");
}

function checkUnbound(claim: StoredClaim, { client }: Cluster): Check {
  const className = claim.spec?.storageClassName;
  const storageClass = className ? client.find('storageclasses', undefined, className) : undefined;
  // Others are bound whether or not a pod wants them: the pod waits.
  if (storageClass?.volumeBindingMode !== 'WaitForFirstConsumer') {
    throw new Unschedulable('pod has unbound immediate PersistentVolumeClaims');
  }
  const canProvision = storageClass.provisioner !== NO_PROVISIONER;
  const selected = claim.metadata.annotations?.[SELECTED_NODE];
  return ({ node, name }) => {
    const possible = selected === undefined || selected === name;
    if (possible && (canProvision || findVolume(client, claim, node))) return undefined;
    return rejectFinally("node(s) didn't find available persistent volumes to bind");
  };
}
