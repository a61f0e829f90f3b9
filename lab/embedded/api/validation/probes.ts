/** Rules for probes and lifecycle hooks: each has exactly one handler. */
import { checkNotNegative, checkOneOf, checkPort, checkPortReference } from './numbers.ts';
import type { Problems } from './problems.ts';

const PROBE_HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc'] as const;
const HOOK_HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'sleep'] as const;

export function validateProbe(
  probe: any,
  field: string,
  kind: 'livenessProbe' | 'readinessProbe' | 'startupProbe',
  problems: Problems,
): void {
  validateHandler(probe, PROBE_HANDLERS, field, problems);
  const numbers = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'];
  for (const name of numbers) checkNotNegative(problems, `${field}.${name}`, probe[name]);
  // A container that is to be restarted at a failure has no use for several successes.
  if (kind !== 'readinessProbe' && probe.successThreshold !== 1) {
    problems.invalid(`${field}.successThreshold`, probe.successThreshold, 'must be 1');
  }
  if (probe.terminationGracePeriodSeconds === undefined) return;
  if (kind === 'readinessProbe') {
    const path = `${field}.terminationGracePeriodSeconds`;
    problems.invalid(path, probe.terminationGracePeriodSeconds, 'must not be set for readinessProbes');
  } else if (probe.terminationGracePeriodSeconds <= 0) {
    const path = `${field}.terminationGracePeriodSeconds`;
    problems.invalid(path, probe.terminationGracePeriodSeconds, 'must be greater than 0');
  }
}

export function validateLifecycle(lifecycle: any, field: string, problems: Problems): void {
  for (const hook of ['postStart', 'preStop']) {
    if (lifecycle[hook] !== undefined) validateHandler(lifecycle[hook], HOOK_HANDLERS, `${field}.${hook}`, problems);
  }
}

function validateHandler(owner: any, handlers: readonly string[], field: string, problems: Problems): void {
  const given = handlers.filter((handler) => owner[handler] !== undefined);
  if (given.length === 0) problems.required(field, 'must specify a handler type');
  for (const extra of given.slice(1)) {
    problems.forbidden(`${field}.${extra}`, 'may not specify more than 1 handler type');
  }
  const { exec, httpGet, tcpSocket, grpc } = owner;
  switch (given[0]) {
    case 'exec':
      if ((exec.command ?? []).length === 0) problems.required(`${field}.exec.command`);
      break;
    case 'httpGet':
      checkPortReference(problems, `${field}.httpGet.port`, httpGet.port ?? 0);
      checkOneOf(problems, `${field}.httpGet.scheme`, httpGet.scheme, ['HTTP', 'HTTPS']);
      break;
    case 'tcpSocket':
      checkPortReference(problems, `${field}.tcpSocket.port`, tcpSocket.port ?? 0);
      break;
    case 'grpc':
      checkPort(problems, `${field}.grpc.port`, grpc.port ?? 0);
      break;
  }
}
