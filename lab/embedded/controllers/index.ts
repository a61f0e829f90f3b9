/** The controller manager: all control loops of the embedded cluster. */
import type { ApiClient } from '../api/client.ts';
import type { EmbeddedSettings } from '../settings.ts';
import { deploymentController } from './deployment/controller.ts';
import { disruptionController } from './disruption.ts';
import { endpointSliceController } from './endpointslice/controller.ts';
import { eventExpiry } from './events.ts';
import { garbageCollector } from './garbage-collector.ts';
import { jobController } from './job/controller.ts';
import { ensureNamespaces, namespaceController } from './namespace.ts';
import { nodeLifecycleController } from './node/lifecycle.ts';
import { podGcController } from './node/pod-gc.ts';
import { taintEvictionController } from './node/taint-eviction.ts';
import { replicaSetController } from './replicaset/controller.ts';
import { startController } from './runtime.ts';
import { withFieldManager } from './shared/field-manager.ts';
import { serviceAccountController } from './service-account.ts';
import { statefulSetController } from './statefulset/controller.ts';
import { claimController } from './volume/claims.ts';
import { claimProtectionController } from './volume/protection.ts';
import { ensureStorageClass } from './volume/provisioning.ts';
import { volumeController } from './volume/volumes.ts';

/**
 * Creates what every cluster starts with (namespaces, the default storage class), then runs all controllers until stop().
 * Stopping deletes nothing: volumes keep their data.
 */
export function startControllers(client: ApiClient, settings: EmbeddedSettings): { stop(): void } {
  client = withFieldManager(client, 'kube-controller-manager');
  ensureNamespaces(client);
  ensureStorageClass(client);
  const controllers = [
    namespaceController(client),
    serviceAccountController(client),
    deploymentController(client),
    replicaSetController(client),
    statefulSetController(client),
    jobController(client),
    endpointSliceController(client),
    disruptionController(client),
    claimController(client, settings),
    volumeController(client, settings),
    claimProtectionController(client),
    nodeLifecycleController(client, settings.timing),
    taintEvictionController(client),
    podGcController(client),
    garbageCollector(client),
    eventExpiry(client),
  ];
  const stops = controllers.map((controller) => startController(client, controller));
  return {
    stop() {
      for (const stop of stops) stop();
    },
  };
}
