/** Keeps a deleted claim, and with it its data, until no pod uses it any more. */
import type { ApiClient } from '../../api/client.ts';
import { keyOf, splitKey, watch } from '../runtime.ts';
import type { Controller } from '../runtime.ts';
import type { StoredPod } from '../shared/pods.ts';
import { removeFinalizer } from '../shared/write.ts';
import { CLAIM_PROTECTION } from './names.ts';

export function claimProtectionController(client: ApiClient): Controller {
  return {
    name: 'pvc-protection',
    watches: [watch('persistentvolumeclaims', (claim) => [keyOf(claim)]), watch('pods', claimKeys)],
    reconcile(key) {
      const claim = client.find('persistentvolumeclaims', ...splitKey(key));
      if (!claim || claim.metadata.deletionTimestamp === undefined) return undefined;
      if (!claim.metadata.finalizers?.includes(CLAIM_PROTECTION)) return undefined;
      const pods = client.list('pods', { namespace: claim.metadata.namespace });
      // A pod without a node has not used it yet, and no kubelet will start it with a claim that is going.
      const used = pods.some((pod) => pod.spec?.nodeName && claimKeys(pod).includes(key));
      if (!used) removeFinalizer(client, 'persistentvolumeclaims', claim, CLAIM_PROTECTION);
      return undefined;
    },
  };
}

function claimKeys(pod: StoredPod): string[] {
  return (pod.spec?.volumes ?? []).flatMap(({ persistentVolumeClaim }) =>
    persistentVolumeClaim ? [`${pod.metadata.namespace}/${persistentVolumeClaim.claimName}`] : [],
  );
}
