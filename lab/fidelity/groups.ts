/** All cases. Those that take longest come first, so that the others fill the gaps. */
import type { Group } from './case.ts';
import { apply } from './cases/apply.ts';
import { defaults } from './cases/defaults.ts';
import { deletion } from './cases/deletion.ts';
import { fieldValidation } from './cases/field-validation.ts';
import { kubectl } from './cases/kubectl.ts';
import { lists } from './cases/lists.ts';
import { nodes } from './cases/nodes.ts';
import { patches } from './cases/patches.ts';
import { pods } from './cases/pods.ts';
import { requests } from './cases/requests.ts';
import { scheduling } from './cases/scheduling.ts';
import { services } from './cases/services.ts';
import { streams } from './cases/streams.ts';
import { validation } from './cases/validation.ts';
import { workloads } from './cases/workloads.ts';

export const GROUPS: readonly Group[] = [
  pods,
  workloads,
  services,
  streams,
  scheduling,
  kubectl,
  deletion,
  lists,
  requests,
  defaults,
  validation,
  fieldValidation,
  patches,
  apply,
  nodes,
];
