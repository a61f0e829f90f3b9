/** Rules for what a pod says about where it may run. */
import { check, qualifiedName } from './names.ts';
import { validateLabels, validateSelector } from './metadata.ts';
import { checkOneOf } from './numbers.ts';
import type { Problems } from './problems.ts';

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';

export function validateScheduling(spec: any, field: string, problems: Problems): void {
  validateLabels(spec.nodeSelector, `${field}.nodeSelector`, problems);
  validateAffinity(spec.affinity ?? {}, `${field}.affinity`, problems);
  validateTolerations(spec.tolerations ?? [], `${field}.tolerations`, problems);
  validateSpread(spec.topologySpreadConstraints ?? [], `${field}.topologySpreadConstraints`, problems);
}

function validateAffinity(
  { nodeAffinity, podAffinity, podAntiAffinity }: any,
  field: string,
  problems: Problems,
): void {
  const required = nodeAffinity?.[REQUIRED];
  if (required !== undefined && (required.nodeSelectorTerms ?? []).length === 0) {
    const path = `${field}.nodeAffinity.${REQUIRED}.nodeSelectorTerms`;
    problems.required(path, 'must have at least one node selector term');
  }
  validateNodeSelectorTerms(required?.nodeSelectorTerms ?? [], `${field}.nodeAffinity.${REQUIRED}`, problems);
  for (const [name, affinity] of Object.entries({ podAffinity, podAntiAffinity })) {
    for (const [index, term] of (affinity?.[REQUIRED] ?? []).entries()) {
      const path = `${field}.${name}.${REQUIRED}[${index}]`;
      if (!term.topologyKey) {
        problems.required(`${path}.topologyKey`, 'can not be empty');
        problems.invalid(`${path}.topologyKey`, '', 'name part must be non-empty');
      }
      check(problems, `${path}.topologyKey`, term.topologyKey ?? '', qualifiedName);
      validateSelector(term.labelSelector, `${path}.labelSelector`, problems);
    }
  }
}

function validateNodeSelectorTerms(terms: readonly any[], field: string, problems: Problems): void {
  for (const [at, { matchExpressions = [] }] of terms.entries()) {
    for (const [index, { key = '', operator, values = [] }] of matchExpressions.entries()) {
      const path = `${field}.nodeSelectorTerms[${at}].matchExpressions[${index}]`;
      checkValues(operator, values, path, problems);
      check(problems, `${path}.key`, key, qualifiedName);
    }
  }
}

function checkValues(operator: string, values: readonly string[], path: string, problems: Problems): void {
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0) {
      problems.required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'");
    }
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0) {
      problems.forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
    }
  } else if (operator === 'Gt' || operator === 'Lt') {
    if (values.length !== 1) {
      problems.required(`${path}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'");
    }
  } else problems.invalid(`${path}.operator`, operator, 'not a valid selector operator');
}

function validateTolerations(tolerations: readonly any[], field: string, problems: Problems): void {
  for (const [index, { key, operator, value, effect, tolerationSeconds }] of tolerations.entries()) {
    const path = `${field}[${index}]`;
    if (key) check(problems, `${path}.key`, key, qualifiedName);
    else if (operator !== 'Exists') {
      const detail = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
      problems.invalid(`${path}.operator`, operator ?? '', detail);
    }
    if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
      const detail = "effect must be 'NoExecute' when `tolerationSeconds` is set";
      problems.invalid(`${path}.effect`, effect ?? '', detail);
    }
    if (operator === 'Exists' && value) {
      problems.invalid(`${path}.operator`, value, "value must be empty when `operator` is 'Exists'");
    }
    checkOneOf(problems, `${path}.operator`, operator, ['Equal', 'Exists']);
    checkOneOf(problems, `${path}.effect`, effect, EFFECTS);
  }
}

function validateSpread(constraints: readonly any[], field: string, problems: Problems): void {
  for (const [index, constraint] of constraints.entries()) {
    const path = `${field}[${index}]`;
    const { maxSkew = 0, topologyKey, whenUnsatisfiable, minDomains, labelSelector } = constraint;
    if (maxSkew <= 0) problems.invalid(`${path}.maxSkew`, maxSkew, 'must be greater than zero');
    if (!topologyKey) problems.required(`${path}.topologyKey`, 'can not be empty');
    checkOneOf(problems, `${path}.whenUnsatisfiable`, whenUnsatisfiable ?? '', ['DoNotSchedule', 'ScheduleAnyway']);
    if (minDomains !== undefined) validateMinDomains(minDomains, whenUnsatisfiable, `${path}.minDomains`, problems);
    for (const policy of ['nodeAffinityPolicy', 'nodeTaintsPolicy']) {
      checkOneOf(problems, `${path}.${policy}`, constraint[policy], ['Honor', 'Ignore']);
    }
    validateSelector(labelSelector, `${path}.labelSelector`, problems);
  }
}

function validateMinDomains(minDomains: number, when: string, field: string, problems: Problems): void {
  if (minDomains <= 0) problems.invalid(field, minDomains, 'must be greater than zero');
  if (when !== 'DoNotSchedule') {
    const detail = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${when}`;
    problems.invalid(field, minDomains, detail);
  }
}

export function validateTaints(taints: readonly any[], field: string, problems: Problems): void {
  for (const [index, { key = '', effect }] of taints.entries()) {
    check(problems, `${field}[${index}].key`, key, qualifiedName);
    if (!effect) problems.required(`${field}[${index}].effect`);
    else checkOneOf(problems, `${field}[${index}].effect`, effect, EFFECTS);
  }
}
