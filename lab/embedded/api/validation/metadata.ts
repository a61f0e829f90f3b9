/** Rules for the metadata of all objects, and for label selectors (k8s.io/apimachinery/pkg/api/validation). */
import type { LabelSelector } from 'kubernetes-types/meta/v1.js';
import type { KubeObject } from '../types.ts';
import { equal } from '../values.ts';
import type { NameRule } from './names.ts';
import { check, labelValue, qualifiedName } from './names.ts';
import type { Problems } from './problems.ts';

const MAX_ANNOTATIONS_BYTES = 256 * 1024;

/** Finalizers of Kubernetes itself that need no domain in their name. */
const STANDARD_FINALIZERS = ['orphan', 'foregroundDeletion', 'kubernetes'];

export function validateMetadata(metadata: KubeObject['metadata'], nameRule: NameRule, problems: Problems): void {
  const prefix = metadata.generateName;
  // Whatever is appended to the prefix follows the rule, so a dash at its end does no harm.
  if (prefix) check(problems, 'metadata.generateName', prefix.replace(/-+$/, '-a').replace(/\.$/, '.a'), nameRule);
  if (metadata.name === '') problems.required('metadata.name', 'name or generateName is required');
  else check(problems, 'metadata.name', metadata.name, nameRule);
  validateLabels(metadata.labels, 'metadata.labels', problems);
  validateAnnotations(metadata.annotations, problems);
  validateOwners(metadata.ownerReferences ?? [], problems);
  for (const [index, finalizer] of (metadata.finalizers ?? []).entries()) {
    check(problems, 'metadata.finalizers', finalizer, qualifiedName);
    if (!finalizer.includes('/') && !STANDARD_FINALIZERS.includes(finalizer)) {
      const detail = 'name is neither a standard finalizer name nor is it fully qualified';
      problems.invalid(`metadata.finalizers[${index}]`, finalizer, detail);
    }
  }
}

export function validateLabels(labels: Record<string, string> | undefined, field: string, problems: Problems): void {
  for (const [key, value] of Object.entries(labels ?? {})) {
    check(problems, field, key, qualifiedName);
    check(problems, field, value, labelValue);
  }
}

function validateAnnotations(annotations: Record<string, string> | undefined, problems: Problems): void {
  let bytes = 0;
  for (const [key, value] of Object.entries(annotations ?? {})) {
    check(problems, 'metadata.annotations', key.toLowerCase() === key ? key : key.toLowerCase(), qualifiedName);
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (bytes > MAX_ANNOTATIONS_BYTES) {
    problems.invalid('metadata.annotations', '', `may not be more than ${MAX_ANNOTATIONS_BYTES} bytes`);
  }
}

function validateOwners(owners: readonly any[], problems: Problems): void {
  for (const [index, owner] of owners.entries()) {
    for (const field of ['apiVersion', 'kind', 'name', 'uid']) {
      if (!owner[field]) problems.required(`metadata.ownerReferences[${index}].${field}`, 'must not be empty');
    }
  }
  const controllers = owners.filter((owner) => owner.controller);
  if (controllers.length > 1) {
    const names = controllers.map(({ name }) => name);
    problems.invalid(
      'metadata.ownerReferences',
      owners,
      `Only one reference can have Controller set to true. Found "true" in references for ${names.join(' and ')}`,
    );
  }
}

/** What an update may not touch, beyond what it cannot because the server keeps it. */
export function validateMetadataUpdate(next: KubeObject, current: KubeObject, problems: Problems): void {
  if (current.metadata.deletionTimestamp === undefined) return;
  const before = current.metadata.finalizers ?? [];
  const added = (next.metadata.finalizers ?? []).filter((finalizer) => !before.includes(finalizer));
  if (added.length > 0) {
    problems.forbidden(
      'metadata.finalizers',
      `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((name) => `"${name}"`).join(', ')}}`,
    );
  }
}

/** Reports a field that was changed though it must not be. */
export function checkImmutable(problems: Problems, field: string, next: unknown, current: unknown): void {
  if (!equal(next, current)) problems.invalid(field, next, 'field is immutable');
}

export function validateSelector(selector: LabelSelector | undefined, field: string, problems: Problems): void {
  validateLabels(selector?.matchLabels, `${field}.matchLabels`, problems);
  for (const [index, { key, operator, values = [] }] of (selector?.matchExpressions ?? []).entries()) {
    const path = `${field}.matchExpressions[${index}]`;
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0)
        problems.required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'");
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0) {
        problems.forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
      }
    } else problems.invalid(`${path}.operator`, operator, 'not a valid selector operator');
    check(problems, `${path}.key`, key, qualifiedName);
  }
}
