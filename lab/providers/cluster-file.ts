/** provision/cluster.yaml: the one description of the cluster, read strictly. */
import { readFile } from 'node:fs/promises';
import { Type, type Static } from '@sinclair/typebox';
import { UsageError } from '../exit-codes.ts';
import { didYouMean } from '../nearest.ts';
import { projectPath } from '../project.ts';
import { readYaml } from '../yaml-file.ts';
import type { ClusterTiming } from './provider.ts';

const Strict = { additionalProperties: false };
const Seconds = Type.Number({ exclusiveMinimum: 0 });

const TimingValues = Type.Object(
  {
    nodeStatusUpdateFrequencySeconds: Seconds,
    nodeMonitorPeriodSeconds: Seconds,
    nodeMonitorGracePeriodSeconds: Seconds,
    defaultTolerationSeconds: Seconds,
    crashLoopBackOffInitialSeconds: Seconds,
    crashLoopBackOffMaxSeconds: Seconds,
  },
  Strict,
);

const ClusterNode = Type.Object(
  {
    name: Type.String({ pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$' }),
    role: Type.Union([Type.Literal('control-plane'), Type.Literal('worker')]),
    cpu: Type.String(),
    memory: Type.String(),
    pods: Type.Integer({ minimum: 1 }),
    address: Type.String(),
  },
  Strict,
);

const Version = Type.String({ pattern: '^v?\\d+(\\.\\d+)+$' });
const Minor = Type.String({ pattern: '^1\\.\\d+$' });
const HttpsUrl = Type.String({ pattern: '^https://' });
const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$', description: 'a SHA-256 in hexadecimal' });
const Fingerprint = Type.String({
  pattern: '^[0-9A-F]{40}$',
  description: "a key's fingerprint, 40 hexadecimal digits",
});

const PinnedImage = Type.String({
  pattern: '^[^:@]+:[^:@]+@sha256:[0-9a-f]{64}$',
  description: 'an image with its tag and its digest, NAME:TAG@sha256:...',
});

const Box = Type.Object(
  {
    name: Type.String({ pattern: '^[\\w.-]+/[\\w.-]+$' }),
    version: Version,
    providers: Type.Array(Type.String(), { minItems: 1 }),
  },
  Strict,
);

/** `{minor}` and `{distribution}` in the addresses stand for Kubernetes' minor version and for debian or ubuntu. */
const AptSource = { repository: HttpsUrl, keyUrl: HttpsUrl, keyFingerprint: Fingerprint };

const Component = Type.Object(
  {
    version: Version,
    kubernetes: Type.Optional(Type.Object({ from: Minor, to: Minor }, Strict)),
    manifest: HttpsUrl,
    sha256: Sha256,
  },
  Strict,
);

const ClusterFileSchema = Type.Object(
  {
    apiVersion: Type.Literal('lab/v1'),
    kind: Type.Literal('Cluster'),
    kubernetesVersion: Type.String({ pattern: '^v1\\.\\d+\\.\\d+$' }),
    nodes: Type.Array(ClusterNode, { minItems: 2 }),
    network: Type.Object(
      {
        hostOnlyCidr: Type.String(),
        podCidr: Type.String(),
        serviceCidr: Type.String(),
        loadBalancerRange: Type.String(),
        ingressAddress: Type.String(),
        ingressClass: Type.String(),
        ingressHost: Type.String(),
        clusterDomain: Type.String(),
      },
      Strict,
    ),
    storageClass: Type.String(),
    timing: Type.Object(
      { profile: Type.String(), profiles: Type.Record(Type.String(), TimingValues, { minProperties: 1 }) },
      Strict,
    ),
    boxes: Type.Array(Box, { minItems: 1 }),
    packages: Type.Object(
      {
        kubernetes: Type.Object(AptSource, Strict),
        containerd: Type.Object({ version: Version, ...AptSource }, Strict),
      },
      Strict,
    ),
    components: Type.Object(
      {
        calico: Component,
        metallb: Component,
        'ingress-nginx': Component,
        'local-path-provisioner': Component,
      },
      Strict,
    ),
    images: Type.Object(
      { node: PinnedImage, postgres: Type.String(), helper: Type.String(), kindNode: PinnedImage },
      Strict,
    ),
  },
  Strict,
);

export type ClusterFile = Static<typeof ClusterFileSchema>;
export type ClusterNode = Static<typeof ClusterNode>;
export type ComponentName = keyof ClusterFile['components'];
export type TimingProfile = Static<typeof TimingValues>;

/** Throws UsageError with every problem, by line and column. */
export async function loadClusterFile(path = projectPath('provision', 'cluster.yaml')): Promise<ClusterFile> {
  return readYaml(ClusterFileSchema, await readFile(path, 'utf8'), path);
}

/** Throws UsageError when the file has no such profile. */
export function timingProfile(file: ClusterFile, name: string): TimingProfile {
  const timing = file.timing.profiles[name];
  if (timing !== undefined) return timing;
  const known = Object.keys(file.timing.profiles);
  throw new UsageError(`unknown timing profile "${name}"; there are ${known.join(', ')}${didYouMean(name, known)}`);
}

export function clusterTiming(profile: TimingProfile, source: string): ClusterTiming {
  const { nodeStatusUpdateFrequencySeconds, nodeMonitorPeriodSeconds, nodeMonitorGracePeriodSeconds } = profile;
  return { nodeStatusUpdateFrequencySeconds, nodeMonitorPeriodSeconds, nodeMonitorGracePeriodSeconds, source };
}
