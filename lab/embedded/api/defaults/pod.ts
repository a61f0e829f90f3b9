/** Defaults of pods and pod templates (pkg/apis/core/v1/defaults.go of Kubernetes). The objects given are changed. */
import type { KubeObject } from '../types.ts';

/** 0644, which the API shows in decimal. */
const FILE_MODE = 0o644;
const TOKEN_SECONDS = 3600;

export function defaultPod(pod: KubeObject): void {
  defaultPodSpec(pod.spec);
  pod.spec.enableServiceLinks ??= true;
  for (const container of containersOf(pod.spec)) defaultRequests(container.resources);
}

/** What pods and the templates of workloads have in common. */
export function defaultPodSpec(spec: any): void {
  spec.restartPolicy ||= 'Always';
  spec.terminationGracePeriodSeconds ??= 30;
  // Less than no time at all is taken to mean: as soon as possible.
  if (spec.terminationGracePeriodSeconds < 0) spec.terminationGracePeriodSeconds = 1;
  spec.dnsPolicy ||= 'ClusterFirst';
  spec.securityContext ??= {};
  spec.schedulerName ||= 'default-scheduler';
  // The older name of the field is kept in step.
  const account = spec.serviceAccountName || spec.serviceAccount;
  if (account) Object.assign(spec, { serviceAccountName: account, serviceAccount: account });
  for (const volume of spec.volumes ?? []) defaultVolume(volume);
  for (const container of containersOf(spec)) defaultContainer(container, spec.hostNetwork === true);
}

export function containersOf(spec: any): any[] {
  return [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...(spec.ephemeralContainers ?? [])];
}

function defaultContainer(container: any, hostNetwork: boolean): void {
  container.imagePullPolicy ||= pullPolicy(container.image ?? '');
  container.terminationMessagePath ??= '/dev/termination-log';
  container.terminationMessagePolicy ||= 'File';
  container.resources ??= {};
  for (const port of container.ports ?? []) {
    port.protocol ||= 'TCP';
    if (hostNetwork) port.hostPort ||= port.containerPort;
  }
  for (const { valueFrom } of container.env ?? []) {
    defaultFieldRef(valueFrom?.fieldRef);
    if (valueFrom?.resourceFieldRef !== undefined) valueFrom.resourceFieldRef.divisor ??= '0';
  }
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe]) defaultProbe(probe);
  defaultHttpGet(container.lifecycle?.postStart?.httpGet);
  defaultHttpGet(container.lifecycle?.preStop?.httpGet);
}

/** Images that may change under their name are pulled each time: those tagged `latest` or not at all. */
function pullPolicy(image: string): string {
  if (image.includes('@')) return 'IfNotPresent';
  const name = image.slice(image.lastIndexOf('/') + 1);
  const tag = name.includes(':') ? name.slice(name.indexOf(':') + 1) : 'latest';
  return tag === 'latest' ? 'Always' : 'IfNotPresent';
}

function defaultProbe(probe: any): void {
  if (probe === undefined) return;
  probe.timeoutSeconds ||= 1;
  probe.periodSeconds ||= 10;
  probe.successThreshold ||= 1;
  probe.failureThreshold ||= 3;
  defaultHttpGet(probe.httpGet);
  if (probe.grpc !== undefined) probe.grpc.service ??= '';
}

function defaultHttpGet(action: any): void {
  if (action === undefined) return;
  action.path ||= '/';
  action.scheme ||= 'HTTP';
}

function defaultFieldRef(fieldRef: any): void {
  if (fieldRef !== undefined) fieldRef.apiVersion ||= 'v1';
}

function defaultRequests(resources: any): void {
  if (resources?.limits !== undefined) resources.requests = { ...resources.limits, ...resources.requests };
}

function defaultVolume(volume: any): void {
  // A volume that says nothing but its name is an empty directory.
  if (Object.keys(volume).every((key) => key === 'name')) volume.emptyDir = {};
  for (const source of [volume.secret, volume.configMap, volume.downwardAPI, volume.projected]) {
    if (source !== undefined) source.defaultMode ??= FILE_MODE;
  }
  if (volume.hostPath !== undefined) volume.hostPath.type ??= '';
  for (const item of volume.downwardAPI?.items ?? []) defaultFieldRef(item.fieldRef);
  for (const source of volume.projected?.sources ?? []) {
    for (const item of source.downwardAPI?.items ?? []) defaultFieldRef(item.fieldRef);
    if (source.serviceAccountToken !== undefined) source.serviceAccountToken.expirationSeconds ??= TOKEN_SECONDS;
  }
  const claim = volume.ephemeral?.volumeClaimTemplate?.spec;
  if (claim !== undefined) claim.volumeMode ??= 'Filesystem';
}
