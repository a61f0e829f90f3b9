/** The printer of each kind. */
import type { Plural } from '../../types.ts';
import { configMap } from './configmap.ts';
import { controllerRevision } from './controller-revision.ts';
import { deployment } from './deployment.ts';
import { endpointSlice } from './endpoint-slice.ts';
import { event } from './event.ts';
import { ingressClass } from './ingress-class.ts';
import { ingress } from './ingress.ts';
import { job } from './job.ts';
import { lease } from './lease.ts';
import { namespace } from './namespace.ts';
import { networkPolicy } from './network-policy.ts';
import { node } from './node.ts';
import { persistentVolumeClaim } from './persistent-volume-claim.ts';
import { persistentVolume } from './persistent-volume.ts';
import { podDisruptionBudget } from './pod-disruption-budget.ts';
import { pod } from './pod.ts';
import type { Printer } from './printer.ts';
import { replicaSet } from './replica-set.ts';
import { secret } from './secret.ts';
import { serviceAccount } from './service-account.ts';
import { service } from './service.ts';
import { statefulSet } from './stateful-set.ts';
import { storageClass } from './storage-class.ts';

const PRINTERS: { [P in Plural]: Printer<P> } = {
  configmaps: configMap,
  controllerrevisions: controllerRevision,
  deployments: deployment,
  endpointslices: endpointSlice,
  events: event,
  ingressclasses: ingressClass,
  ingresses: ingress,
  jobs: job,
  leases: lease,
  namespaces: namespace,
  networkpolicies: networkPolicy,
  nodes: node,
  persistentvolumeclaims: persistentVolumeClaim,
  persistentvolumes: persistentVolume,
  poddisruptionbudgets: podDisruptionBudget,
  pods: pod,
  replicasets: replicaSet,
  secrets: secret,
  serviceaccounts: serviceAccount,
  services: service,
  statefulsets: statefulSet,
  storageclasses: storageClass,
};

/** For code that serves all kinds alike. */
export function printerOf(plural: Plural): Printer {
  return PRINTERS[plural] as Printer;
}
