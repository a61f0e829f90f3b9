/**
 * Pod Security admission: what a namespace's labels `pod-security.kubernetes.io/enforce` and `.../warn` demand of pods.
 * Checks and wording: https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
import { forbidden } from '../status-errors.ts';
import type { KubeObject, Plural } from '../types.ts';
import { containersOf } from '../defaults/pod.ts';
import type { Context } from './context.ts';

type Level = 'privileged' | 'baseline' | 'restricted';

const LABEL = 'pod-security.kubernetes.io/';

/** Throws 403 for a pod that its namespace does not admit; warns of templates whose pods it would not. */
export function admitPodSecurity(plural: Plural, object: KubeObject, { store, warn }: Context): void {
  const template = plural === 'pods' ? object : object.spec?.template;
  if (template?.spec === undefined) return;
  const labels = store.find('namespaces', undefined, object.metadata.namespace ?? '')?.metadata.labels ?? {};
  const [enforced, warned] = [levelOf(labels, 'enforce'), levelOf(labels, 'warn')];
  const violations = plural === 'pods' ? violationsOf(template.spec, enforced) : [];
  if (violations.length > 0) {
    const cause = `violates PodSecurity "${enforced}:latest": ${violations.join(', ')}`;
    throw forbidden({ plural: 'pods', kind: 'Pod', group: '' }, object.metadata.name, cause);
  }
  const warnings = violationsOf(template.spec, warned);
  if (warnings.length > 0) warn(`would violate PodSecurity "${warned}:latest": ${warnings.join(', ')}`);
}

function levelOf(labels: Record<string, string>, mode: 'enforce' | 'warn'): Level {
  const level = labels[LABEL + mode];
  return level === 'baseline' || level === 'restricted' ? level : 'privileged';
}

type Check = (spec: any) => string | undefined;

function violationsOf(spec: any, level: Level): string[] {
  const checks: Record<Level, Check[]> = {
    privileged: [],
    baseline: [privileged, addedCapabilities, hostNamespaces, hostPaths, hostPorts],
    restricted: [
      privileged,
      hostNamespaces,
      hostPorts,
      privilegeEscalation,
      capabilities,
      volumeTypes,
      runAsNonRoot,
      runAsRoot,
      seccomp,
    ],
  };
  return checks[level].map((check) => check(spec)).filter((violation) => violation !== undefined);
}

/** `container "a"`, `containers "a", "b"`; undefined for none. */
function subject(noun: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  return `${noun}${names.length > 1 ? 's' : ''} ${names.map((name) => `"${name}"`).join(', ')}`;
}

function offenders(spec: any, offends: (container: any) => boolean): string | undefined {
  return subject(
    'container',
    containersOf(spec)
      .filter(offends)
      .map(({ name }) => name),
  );
}

function violation(title: string, offending: string | undefined, demand: string): string | undefined {
  return offending && `${title} (${offending} ${demand})`;
}

const privileged: Check = (spec) =>
  violation(
    'privileged',
    offenders(spec, ({ securityContext }) => securityContext?.privileged === true),
    'must not set securityContext.privileged=true',
  );

const BASELINE_CAPABILITIES = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

function forbiddenAdditions(spec: any, allowed: ReadonlySet<string>): string | undefined {
  const added = (container: any): string[] =>
    (container.securityContext?.capabilities?.add ?? []).filter((name: string) => !allowed.has(name));
  const offending = offenders(spec, (container) => added(container).length > 0);
  const names = [...new Set(containersOf(spec).flatMap(added))].sort().map((name) => `"${name}"`);
  return offending && `${offending} must not include ${names.join(', ')} in securityContext.capabilities.add`;
}

const addedCapabilities: Check = (spec) => {
  const added = forbiddenAdditions(spec, BASELINE_CAPABILITIES);
  return added && `non-default capabilities (${added})`;
};

const capabilities: Check = (spec) => {
  const keeping = offenders(
    spec,
    ({ securityContext }) => !(securityContext?.capabilities?.drop ?? []).includes('ALL'),
  );
  const added = forbiddenAdditions(spec, new Set(['NET_BIND_SERVICE']));
  const demands = [keeping && `${keeping} must set securityContext.capabilities.drop=["ALL"]`, added].filter(Boolean);
  return demands.length > 0 ? `unrestricted capabilities (${demands.join('; ')})` : undefined;
};

const hostNamespaces: Check = (spec) => {
  const shared = ['hostNetwork', 'hostPID', 'hostIPC'].filter((field) => spec[field] === true);
  return shared.length > 0 ? `host namespaces (${shared.map((field) => `${field}=true`).join(', ')})` : undefined;
};

const hostPaths: Check = (spec) => {
  const names = (spec.volumes ?? []).filter((volume: any) => volume.hostPath).map(({ name }: any) => name);
  const offending = subject('volume', names);
  return offending && `hostPath volumes (${offending})`;
};

function hostPortsOf(container: any): number[] {
  return (container.ports ?? []).map(({ hostPort }: any) => hostPort).filter(Boolean);
}

const hostPorts: Check = (spec) => {
  const ports = [...new Set(containersOf(spec).flatMap(hostPortsOf))].sort((a, b) => a - b);
  const noun = ports.length > 1 ? 'hostPorts' : 'hostPort';
  const offending = offenders(spec, (container) => hostPortsOf(container).length > 0);
  return (
    offending &&
    `hostPort (${offending} ${offending.startsWith('containers') ? 'use' : 'uses'} ${noun} ${ports.join(', ')})`
  );
};

const privilegeEscalation: Check = (spec) =>
  violation(
    'allowPrivilegeEscalation != false',
    offenders(spec, ({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false),
    'must set securityContext.allowPrivilegeEscalation=false',
  );

const RESTRICTED_VOLUMES = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

function volumeTypeOf(volume: any): string {
  return Object.keys(volume).find((key) => key !== 'name')!;
}

const volumeTypes: Check = (spec) => {
  const restricted = (spec.volumes ?? []).filter((volume: any) => !RESTRICTED_VOLUMES.has(volumeTypeOf(volume)));
  const offending = subject(
    'volume',
    restricted.map(({ name }: any) => name),
  );
  const types = [...new Set<string>(restricted.map(volumeTypeOf))].sort().map((type) => `"${type}"`);
  return (
    offending &&
    `restricted volume types (${offending} ${restricted.length > 1 ? 'use' : 'uses'} restricted volume type${types.length > 1 ? 's' : ''} ${types.join(', ')})`
  );
};

const runAsNonRoot: Check = (spec) => {
  const pod = spec.securityContext?.runAsNonRoot;
  const explicit = offenders(spec, ({ securityContext }) => securityContext?.runAsNonRoot === false);
  const demands = [
    pod === false ? 'pod must not set securityContext.runAsNonRoot=false' : undefined,
    explicit && `${explicit} must not set securityContext.runAsNonRoot=false`,
  ].filter(Boolean);
  if (demands.length > 0) return `runAsNonRoot != true (${demands.join('; ')})`;
  const silent = offenders(spec, ({ securityContext }) => securityContext?.runAsNonRoot === undefined);
  if (pod === true || silent === undefined) return undefined;
  return `runAsNonRoot != true (pod or ${silent} must set securityContext.runAsNonRoot=true)`;
};

const runAsRoot: Check = (spec) => {
  const offending = [
    spec.securityContext?.runAsUser === 0 ? 'pod' : undefined,
    offenders(spec, ({ securityContext }) => securityContext?.runAsUser === 0),
  ].filter(Boolean);
  return offending.length > 0 ? `runAsUser=0 (${offending.join(' and ')} must not set runAsUser=0)` : undefined;
};

const SECCOMP_TYPES = ['RuntimeDefault', 'Localhost'];

function seccompTypeOf(container: any): string | undefined {
  return container.securityContext?.seccompProfile?.type;
}

const seccomp: Check = (spec) => {
  const pod = spec.securityContext?.seccompProfile?.type;
  const explicit = offenders(spec, (container) => {
    const type = seccompTypeOf(container);
    return type !== undefined && !SECCOMP_TYPES.includes(type);
  });
  if (pod !== undefined && !SECCOMP_TYPES.includes(pod)) {
    return `seccompProfile (pod must not set securityContext.seccompProfile.type to "${pod}")`;
  }
  if (explicit) return `seccompProfile (${explicit} must not set securityContext.seccompProfile.type to "Unconfined")`;
  const silent = offenders(spec, (container) => seccompTypeOf(container) === undefined);
  if (pod !== undefined || silent === undefined) return undefined;
  return `seccompProfile (pod or ${silent} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")`;
};
