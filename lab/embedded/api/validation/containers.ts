/** Rules for the containers of a pod. */
import { validateEnvironment } from './environment.ts';
import { check, dnsLabel } from './names.ts';
import { checkOneOf, checkPort, checkPortReference } from './numbers.ts';
import { validateLifecycle, validateProbe } from './probes.ts';
import type { Problems } from './problems.ts';
import { validateResources } from './resources.ts';
import { validateSecurityContext } from './security-context.ts';
import { validateVolumeMounts } from './volumes.ts';

/** @param volumes the names of the pod's volumes */
export function validateContainers(spec: any, field: string, volumes: ReadonlySet<string>, problems: Problems): void {
  const containers = spec.containers ?? [];
  const names = new Set<string>();
  if (containers.length === 0) problems.required(`${field}.containers`);
  for (const [index, { name }] of containers.entries()) {
    validateName(name, `${field}.containers[${index}]`, names, problems);
  }
  for (const [index, container] of containers.entries()) {
    validateContainer(container, `${field}.containers[${index}]`, volumes, problems);
  }
  for (const [index, container] of (spec.initContainers ?? []).entries()) {
    const path = `${field}.initContainers[${index}]`;
    validateContainer(container, path, volumes, problems);
    validateInitContainer(container, path, problems);
    validateName(container.name, path, names, problems);
  }
}

function validateContainer(container: any, field: string, volumes: ReadonlySet<string>, problems: Problems): void {
  const image = container.image ?? '';
  if (image === '') problems.required(`${field}.image`);
  else if (image !== image.trim()) {
    problems.invalid(`${field}.image`, image, 'must not have leading or trailing whitespace');
  }
  const messagePolicies = ['File', 'FallbackToLogsOnError'];
  checkOneOf(problems, `${field}.terminationMessagePolicy`, container.terminationMessagePolicy, messagePolicies);
  const pullPolicies = ['Always', 'IfNotPresent', 'Never'];
  checkOneOf(problems, `${field}.imagePullPolicy`, container.imagePullPolicy, pullPolicies);
  validatePorts(container.ports ?? [], `${field}.ports`, problems);
  validateEnvironment(container, field, problems);
  validateVolumeMounts(container.volumeMounts ?? [], `${field}.volumeMounts`, volumes, problems);
  validateResources(container.resources ?? {}, `${field}.resources`, problems);
  validateSecurityContext(container.securityContext ?? {}, `${field}.securityContext`, problems);
  validateLifecycle(container.lifecycle ?? {}, `${field}.lifecycle`, problems);
  for (const kind of ['livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
    if (container[kind] !== undefined) validateProbe(container[kind], `${field}.${kind}`, kind, problems);
  }
}

function validateName(name: string | undefined, field: string, names: Set<string>, problems: Problems): void {
  if (!name) problems.required(`${field}.name`);
  else if (names.has(name)) problems.duplicate(`${field}.name`, name);
  else check(problems, `${field}.name`, name, dnsLabel);
  names.add(name ?? '');
}

/** Init containers run to their end, so nobody probes them; those that are always restarted are sidecars. */
function validateInitContainer(container: any, field: string, problems: Problems): void {
  checkOneOf(problems, `${field}.restartPolicy`, container.restartPolicy, ['Always', 'Never', 'OnFailure']);
  if (container.restartPolicy === 'Always') return;
  for (const member of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe']) {
    if (container[member] !== undefined) {
      problems.forbidden(`${field}.${member}`, 'may not be set for init containers without restartPolicy=Always');
    }
  }
}

function validatePorts(ports: readonly any[], field: string, problems: Problems): void {
  const names = new Set<string>();
  for (const [index, port] of ports.entries()) {
    const path = `${field}[${index}]`;
    if (port.name) {
      checkPortReference(problems, `${path}.name`, port.name);
      if (names.has(port.name)) problems.duplicate(`${path}.name`, port.name);
      names.add(port.name);
    }
    if (!port.containerPort) problems.required(`${path}.containerPort`);
    else checkPort(problems, `${path}.containerPort`, port.containerPort);
    if (port.hostPort) checkPort(problems, `${path}.hostPort`, port.hostPort);
    checkOneOf(problems, `${path}.protocol`, port.protocol, ['SCTP', 'TCP', 'UDP']);
  }
}
