/** Every rule that an object has to keep to be stored, by kind. */
import type { WriteOptions } from '../client.ts';
import type { ResourceInfo } from '../resources.ts';
import { invalid } from '../status-errors.ts';
import type { KubeObject, Plural } from '../types.ts';
import * as core from './core.ts';
import { validateMetadata, validateMetadataUpdate } from './metadata.ts';
import type { NameRule } from './names.ts';
import { dns1035Label, dnsLabel, dnsSubdomain } from './names.ts';
import * as networking from './networking.ts';
import { validatePod, validatePodUpdate } from './pod.ts';
import { Problems } from './problems.ts';
import { validateService, validateServiceUpdate } from './service.ts';
import * as storage from './storage.ts';
import * as workloads from './workloads.ts';

interface Rules {
  names?: NameRule;
  object?: (object: KubeObject, problems: Problems) => void;
  update?: (next: KubeObject, current: KubeObject, problems: Problems) => void;
}

const namespaceName: NameRule = (name) => (name.includes('.') ? 'must not contain dots' : dnsLabel(name));

const RULES: Partial<Record<Plural, Rules>> = {
  configmaps: { object: core.validateConfigMap, update: core.validateConfigMapUpdate },
  deployments: { object: workloads.validateDeployment, update: workloads.validateSelectorUpdate },
  endpointslices: { object: networking.validateEndpointSlice, update: networking.validateEndpointSliceUpdate },
  events: { object: core.validateEvent },
  ingressclasses: { object: networking.validateIngressClass, update: networking.validateIngressClassUpdate },
  ingresses: { object: networking.validateIngress },
  jobs: { object: workloads.validateJob, update: workloads.validateJobUpdate },
  leases: { object: core.validateLease },
  namespaces: { names: namespaceName },
  networkpolicies: { object: networking.validateNetworkPolicy },
  nodes: { object: core.validateNode },
  persistentvolumeclaims: { object: storage.validateClaim, update: storage.validateClaimUpdate },
  persistentvolumes: { object: storage.validateVolume, update: storage.validateVolumeUpdate },
  poddisruptionbudgets: { object: core.validateDisruptionBudget },
  pods: { object: validatePod, update: validatePodUpdate },
  replicasets: { object: workloads.validateReplicaSet, update: workloads.validateSelectorUpdate },
  secrets: { object: core.validateSecret, update: core.validateSecretUpdate },
  services: { names: dns1035Label, object: validateService, update: validateServiceUpdate },
  statefulsets: { object: workloads.validateStatefulSet, update: workloads.validateStatefulSetUpdate },
  storageclasses: { object: storage.validateStorageClass, update: storage.validateStorageClassUpdate },
};

/**
 * Throws 422 Invalid with everything that is wrong. A status may say anything: only components write it.
 * @param current what the object is to replace
 */
export function validate(
  info: ResourceInfo,
  next: KubeObject,
  current: KubeObject | undefined,
  subresource?: WriteOptions['subresource'],
): void {
  const problems = new Problems();
  const rules = RULES[info.plural];
  validateMetadata(next.metadata, rules?.names ?? dnsSubdomain, problems);
  if (current !== undefined) validateMetadataUpdate(next, current, problems);
  if (subresource !== 'status') rules?.object?.(next, problems);
  if (current !== undefined && subresource !== 'status') rules?.update?.(next, current, problems);
  if (problems.errors.length > 0) throw invalid(info, next.metadata.name, problems.errors);
}
