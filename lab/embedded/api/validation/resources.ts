/** Rules for what a container requests and is limited to. */
import { parseQuantity } from '../../quantity.ts';
import { check, qualifiedName } from './names.ts';
import { checkQuantity } from './numbers.ts';
import type { Problems } from './problems.ts';

const STANDARD = ['cpu', 'memory', 'ephemeral-storage'];

export function validateResources({ limits = {}, requests = {} }: any, field: string, problems: Problems): void {
  for (const [name, quantity] of Object.entries<string>(limits)) {
    validateName(name, `${field}.limits[${name}]`, problems);
    checkQuantity(problems, `${field}.limits[${name}]`, quantity);
  }
  for (const [name, quantity] of Object.entries<string>(requests)) {
    validateName(name, `${field}.requests[${name}]`, problems);
    checkQuantity(problems, `${field}.requests[${name}]`, quantity);
    const limit = limits[name];
    if (limit !== undefined && parseQuantity(quantity) > parseQuantity(limit)) {
      problems.invalid(`${field}.requests`, quantity, `must be less than or equal to ${name} limit of ${limit}`);
    } else if (limit === undefined && name.includes('/')) {
      problems.required(`${field}.limits`, 'Limit must be set for non overcommitable resources');
    }
  }
}

function validateName(name: string, field: string, problems: Problems): void {
  check(problems, field, name, qualifiedName);
  if (name.includes('/') || STANDARD.includes(name) || name.startsWith('hugepages-')) return;
  problems.invalid(field, name, 'must be a standard resource type or fully qualified');
  problems.invalid(field, name, 'must be a standard resource for containers');
}
