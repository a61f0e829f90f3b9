/** Rules for security contexts. */
import { checkOneOf } from './numbers.ts';
import type { Problems } from './problems.ts';

const MAX_ID = 2_147_483_647;

export function validatePodSecurityContext(context: any, field: string, problems: Problems): void {
  checkIds(context, ['runAsUser', 'runAsGroup', 'fsGroup'], field, problems);
  validateSeccomp(context.seccompProfile, `${field}.seccompProfile`, problems);
  checkOneOf(problems, `${field}.fsGroupChangePolicy`, context.fsGroupChangePolicy, ['Always', 'OnRootMismatch']);
}

export function validateSecurityContext(context: any, field: string, problems: Problems): void {
  checkIds(context, ['runAsUser', 'runAsGroup'], field, problems);
  checkOneOf(problems, `${field}.procMount`, context.procMount, ['Default', 'Unmasked']);
  validateSeccomp(context.seccompProfile, `${field}.seccompProfile`, problems);
  if (context.allowPrivilegeEscalation === false && context.privileged === true) {
    const detail = 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true';
    problems.invalid(field, context, detail);
  }
}

function checkIds(context: any, names: readonly string[], field: string, problems: Problems): void {
  for (const name of names) {
    const id = context[name];
    if (id !== undefined && (id < 0 || id > MAX_ID)) {
      problems.invalid(`${field}.${name}`, id, `must be between 0 and ${MAX_ID}, inclusive`);
    }
  }
}

function validateSeccomp(profile: any, field: string, problems: Problems): void {
  if (profile === undefined) return;
  if (!profile.type) problems.required(`${field}.type`, 'type is required when seccompProfile is set');
  else checkOneOf(problems, `${field}.type`, profile.type, ['Localhost', 'RuntimeDefault', 'Unconfined']);
  if (profile.type === 'Localhost' && !profile.localhostProfile) {
    problems.required(`${field}.localhostProfile`, 'must be set when seccomp type is Localhost');
  }
}
