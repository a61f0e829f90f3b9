/**
 * What the lab changes in upstream's manifests, as kustomizations: a directory each, in which the machine puts upstream's
 * file beside them. Pure.
 */
import { stringify } from 'yaml';
import type { ClusterFile, TimingProfile } from '../cluster-file.ts';

type Kustomization = Record<string, unknown>;

/** Path below the machine's manifests directory to the file's text. */
export function kustomizations(file: ClusterFile, timing: TimingProfile): Record<string, string> {
  const directories: Record<string, Kustomization> = {
    calico: withUpstream([calicoNode(file)]),
    metallb: withUpstream([]),
    'ingress-nginx': withUpstream([
      ingressController(timing),
      ingressService(file),
      ...admissionJobs(),
      ...ingressClass(file),
    ]),
    'local-path-provisioner': withUpstream([storageClass(file), helperPod(file)]),
    'metallb-pool': { resources: ['pool.yaml'] },
  };
  const files = Object.entries(directories).map(([name, kustomization]) => [
    `${name}/kustomization.yaml`,
    stringify({ apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', ...kustomization }),
  ]);
  return { ...Object.fromEntries(files), 'metallb-pool/pool.yaml': addressPool(file) };
}

function withUpstream(patches: readonly object[]): Kustomization {
  return { resources: ['upstream.yaml'], patches };
}

function mergePatch(object: object): object {
  return { patch: stringify(object) };
}

/** The node's own InternalIP, which kubelet was given, instead of the first interface found. */
function calicoNode(file: ClusterFile): object {
  const env = [
    { name: 'IP_AUTODETECTION_METHOD', value: 'kubernetes-internal-ip' },
    { name: 'CALICO_IPV4POOL_CIDR', value: file.network.podCidr },
  ];
  return mergePatch({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'calico-node', namespace: 'kube-system' },
    spec: { template: { spec: { containers: [{ name: 'calico-node', env }] } } },
  });
}

const INGRESS_LABELS = {
  'app.kubernetes.io/component': 'controller',
  'app.kubernetes.io/instance': 'ingress-nginx',
  'app.kubernetes.io/name': 'ingress-nginx',
};

/** One on each worker, so that the address has somewhere to go when a machine is lost; they come back at once. */
function ingressController(timing: TimingProfile): object {
  const toleration = (key: string): object => ({
    key: `node.kubernetes.io/${key}`,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: timing.defaultTolerationSeconds,
  });
  return mergePatch({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'ingress-nginx-controller', namespace: 'ingress-nginx' },
    spec: {
      replicas: 2,
      template: {
        spec: {
          tolerations: [toleration('not-ready'), toleration('unreachable')],
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: 'kubernetes.io/hostname',
              whenUnsatisfiable: 'ScheduleAnyway',
              nodeTaintsPolicy: 'Honor',
              labelSelector: { matchLabels: INGRESS_LABELS },
            },
          ],
        },
      },
    },
  });
}

function ingressService(file: ClusterFile): object {
  return mergePatch({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'ingress-nginx-controller',
      namespace: 'ingress-nginx',
      annotations: { 'metallb.io/loadBalancerIPs': file.network.ingressAddress },
    },
  });
}

/** Upstream removes finished jobs at once: then nobody can tell that they are done, and each apply makes them anew. */
function admissionJobs(): object[] {
  return ['ingress-nginx-admission-create', 'ingress-nginx-admission-patch'].map((name) =>
    mergePatch({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name, namespace: 'ingress-nginx' },
      spec: { ttlSecondsAfterFinished: null },
    }),
  );
}

/** The class's name and the controller's argument that names it. */
function ingressClass(file: ClusterFile): object[] {
  const name = file.network.ingressClass;
  if (name === 'nginx') return [];
  const rename = [{ op: 'replace', path: '/metadata/name', value: name }];
  const argument = { op: 'add', path: '/spec/template/spec/containers/0/args/-', value: `--ingress-class=${name}` };
  return [
    { target: { kind: 'IngressClass', name: 'nginx' }, patch: stringify(rename), options: { allowNameChange: true } },
    { target: { kind: 'Deployment', name: 'ingress-nginx-controller' }, patch: stringify([argument]) },
  ];
}

function storageClass(file: ClusterFile): object {
  const rename = [
    { op: 'replace', path: '/metadata/name', value: file.storageClass },
    {
      op: 'add',
      path: '/metadata/annotations',
      value: { 'storageclass.kubernetes.io/is-default-class': 'true' },
    },
  ];
  return { target: { kind: 'StorageClass' }, patch: stringify(rename), options: { allowNameChange: true } };
}

/** Upstream's helper has no version: with a bundle it could not be had, and without one it would change by itself. */
function helperPod(file: ClusterFile): object {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'helper-pod' },
    spec: {
      priorityClassName: 'system-node-critical',
      containers: [{ name: 'helper-pod', image: file.images.helper, imagePullPolicy: 'IfNotPresent' }],
    },
  };
  return mergePatch({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'local-path-config', namespace: 'local-path-storage' },
    data: { 'helperPod.yaml': stringify(pod) },
  });
}

function addressPool(file: ClusterFile): string {
  const metadata = { name: 'lab', namespace: 'metallb-system' };
  const pool = {
    apiVersion: 'metallb.io/v1beta1',
    kind: 'IPAddressPool',
    metadata,
    spec: { addresses: [file.network.loadBalancerRange] },
  };
  const advertisement = {
    apiVersion: 'metallb.io/v1beta1',
    kind: 'L2Advertisement',
    metadata,
    spec: { ipAddressPools: ['lab'] },
  };
  return `${stringify(pool)}---\n${stringify(advertisement)}`;
}
