/**
 * What one embedded cluster is made of. The provider reads provision/cluster.yaml and writes these settings as JSON
 * for the cluster's process; nothing inside lab/embedded reads files of the project to configure itself.
 */

/** Kubernetes' own names; all values in seconds. */
export interface Timing {
  /** kubelet: how often a node renews its Lease and, if changed, posts its status. */
  nodeStatusUpdateFrequencySeconds: number;
  /** controller manager: how often node health is looked at. */
  nodeMonitorPeriodSeconds: number;
  /** controller manager: how long a node may be silent before it is marked Unknown (NotReady). */
  nodeMonitorGracePeriodSeconds: number;
  /** API server: tolerationSeconds given to pods for not-ready and unreachable nodes when they name none. */
  defaultTolerationSeconds: number;
  /** kubelet: first and longest wait before a crashed container is started again (doubles each time). */
  crashLoopBackOffInitialSeconds: number;
  crashLoopBackOffMaxSeconds: number;
}

export interface NodeSettings {
  name: string;
  role: 'control-plane' | 'worker';
  /** Allocatable, as Kubernetes quantities. */
  cpu: string;
  memory: string;
  /** Most pods the node takes. */
  pods: number;
}

export interface EmbeddedSettings {
  /** Identifies this lab; every process of it carries it as LAB_ID in its environment. */
  labId: string;
  /** Directory of the lab (`.lab`): kubeconfig, logs, volumes, pods. Absolute. */
  directory: string;
  /** Root of the project: where image commands are resolved. Absolute. */
  projectDirectory: string;
  /** Second byte of the loopback addresses of this lab: everything lives in 127.BLOCK.0.0/16. */
  addressBlock: number;
  /** Bearer token that the API asks for. */
  token: string;
  /** The version that /version reports, e.g. v1.35.0. */
  kubernetesVersion: string;
  nodes: NodeSettings[];
  timing: Timing;
  /** Name of the timing profile, for people. */
  profile: string;
  /** Ingress class that the built-in ingress serves. */
  ingressClass: string;
  clusterDomain: string;
}
