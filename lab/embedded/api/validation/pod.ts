/** Rules for pods and pod templates (pkg/apis/core/validation of Kubernetes). */
import type { KubeObject } from '../types.ts';
import { equal } from '../values.ts';
import { validateContainers } from './containers.ts';
import { check, dnsLabel, dnsSubdomain, ipAddress } from './names.ts';
import { checkNotNegative, checkOneOf } from './numbers.ts';
import type { Problems } from './problems.ts';
import { validateScheduling } from './scheduling.ts';
import { validatePodSecurityContext } from './security-context.ts';
import { validateVolumes } from './volumes.ts';

export function validatePod({ spec }: KubeObject, problems: Problems): void {
  validatePodSpec(spec, 'spec', problems);
}

/** @param field where the spec is, such as `spec.template.spec` */
export function validatePodSpec(spec: any, field: string, problems: Problems): void {
  const volumes = validateVolumes(spec.volumes ?? [], `${field}.volumes`, problems);
  validateContainers(spec, field, volumes, problems);
  checkOneOf(problems, `${field}.restartPolicy`, spec.restartPolicy, ['Always', 'OnFailure', 'Never']);
  const dnsPolicies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
  checkOneOf(problems, `${field}.dnsPolicy`, spec.dnsPolicy, dnsPolicies);
  validatePodSecurityContext(spec.securityContext ?? {}, `${field}.securityContext`, problems);
  validateScheduling(spec, field, problems);
  if (spec.serviceAccountName) {
    check(problems, `${field}.serviceAccountName`, spec.serviceAccountName, dnsSubdomain);
  }
  if (spec.hostname) check(problems, `${field}.hostname`, spec.hostname, dnsLabel);
  if (spec.subdomain) check(problems, `${field}.subdomain`, spec.subdomain, dnsLabel);
  if (spec.nodeName) check(problems, `${field}.nodeName`, spec.nodeName, dnsSubdomain);
  if (spec.activeDeadlineSeconds !== undefined && spec.activeDeadlineSeconds < 1) {
    const range = 'must be between 1 and 2147483647, inclusive';
    problems.invalid(`${field}.activeDeadlineSeconds`, spec.activeDeadlineSeconds, range);
  }
  for (const [index, alias] of (spec.hostAliases ?? []).entries()) {
    check(problems, `${field}.hostAliases[${index}].ip`, alias.ip, ipAddress);
  }
}

const UPDATABLE =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,' +
  '`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),' +
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

export function validatePodUpdate(next: KubeObject, current: KubeObject, problems: Problems): void {
  const [before, after] = [current.spec, next.spec];
  for (const field of ['containers', 'initContainers']) {
    if ((before[field] ?? []).length === (after[field] ?? []).length) continue;
    return problems.forbidden(`spec.${field}`, 'pod updates may not add or remove containers');
  }
  const deadline = after.activeDeadlineSeconds;
  checkNotNegative(problems, 'spec.activeDeadlineSeconds', deadline);
  if (before.activeDeadlineSeconds !== undefined && deadline === undefined) {
    problems.invalid('spec.activeDeadlineSeconds', deadline, 'must not update from a positive integer to nil value');
  } else if (deadline > before.activeDeadlineSeconds) {
    const detail = 'must be less than or equal to previous value';
    problems.invalid('spec.activeDeadlineSeconds', deadline, detail);
  }
  const gates = new Set((before.schedulingGates ?? []).map(({ name }: any) => name));
  for (const [index, { name }] of (after.schedulingGates ?? []).entries()) {
    if (gates.has(name)) continue;
    const detail = `only deletion is allowed, but found new scheduling gate '${name}'`;
    problems.forbidden(`spec.schedulingGates[${index}].name`, detail);
  }
  const kept = (before.tolerations ?? []).every((old: any) =>
    (after.tolerations ?? []).some((toleration: any) => sameToleration(toleration, old)),
  );
  if (!kept) {
    problems.forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds');
  }
  if (problems.errors.length === 0 && !equal(fixedPart(before), fixedPart(after)))
    problems.forbidden('spec', UPDATABLE);
}

function sameToleration(a: any, b: any): boolean {
  return equal({ ...a, tolerationSeconds: undefined }, { ...b, tolerationSeconds: undefined });
}

function withoutImages(containers: any[] = []): unknown[] {
  return containers.map((container) => ({ ...container, image: undefined }));
}

/** The spec without what an update may change. */
function fixedPart(spec: any): unknown {
  return {
    ...spec,
    activeDeadlineSeconds: undefined,
    tolerations: undefined,
    schedulingGates: undefined,
    containers: withoutImages(spec.containers),
    initContainers: withoutImages(spec.initContainers),
  };
}
