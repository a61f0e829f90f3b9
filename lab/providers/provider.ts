/** What brings a cluster up and does what the Kubernetes API cannot: interface only. */

export interface ClusterAccess {
  kubeconfig: string;
  context?: string | undefined;
  /** Password for a new database, where the provider remembers one that an existing database was made with. */
  databasePassword?: string | undefined;
  /** Class for the database's volume, where it is not to be the cluster's default. */
  storageClass?: string | undefined;
  /** Class of the ingress controller, where it is not that of provision/cluster.yaml. */
  ingressClass?: string | undefined;
  /** Where the nodes pull the services' images from, `HOST/PATH`; undefined when they have them under their own names. */
  registry?: string | undefined;
}

/** What the command line says about a cluster that exists already. */
export interface ProviderOptions {
  kubeconfig?: string | undefined;
  context?: string | undefined;
  /** Commands that pull a node's plug and put it back; `{node}` stands for the node's name. */
  nodeStop?: string | undefined;
  nodeStart?: string | undefined;
  /** Name of the profile in provision/cluster.yaml that the cluster's controllers are set by. */
  timingProfile?: string | undefined;
  storageClass?: string | undefined;
  ingressClass?: string | undefined;
  /** `HOST/PATH` that the services' images were pushed to. */
  registry?: string | undefined;
}

export interface UpOptions {
  /** Timing profile of provision/cluster.yaml. */
  profile?: string | undefined;
  /** Directory made by lab:bundle, for providers that install a cluster: nothing is downloaded then. */
  bundle?: string | undefined;
  say: (message: string) => void;
  signal: AbortSignal;
}

export interface DownReport {
  /** False when there was nothing to take down. */
  wasUp: boolean;
  /** True when something had to be killed because it did not end on its own. */
  forced: boolean;
}

export interface ProviderStatus {
  up: boolean;
  /** Lines for people: where things listen, process ids, directories. */
  details: string[];
}

/** Timing values of the running cluster: predictions and the length of some phases follow from them. */
export interface ClusterTiming {
  nodeStatusUpdateFrequencySeconds: number;
  nodeMonitorPeriodSeconds: number;
  nodeMonitorGracePeriodSeconds: number;
  /** Where the values come from, for people. */
  source: string;
}

/** An ability that not every provider has: to pull a node's plug and to switch the node on again. */
export interface NodePower {
  /** The node is gone at once: nothing on it runs or answers any more, and nobody is told. */
  stopNode(node: string): Promise<void>;
  /** Boots the node; resolves when it has power, not when it is Ready. */
  startNode(node: string): Promise<void>;
}

export interface Provider {
  readonly name: string;
  /** Access to the cluster if it is up; undefined if not. Cleans nothing and starts nothing. */
  find(): Promise<ClusterAccess | undefined>;
  /**
   * Brings the cluster up, or finds it up. Everything it made is gone again if it throws or the signal aborts; only virtual
   * machines, which take minutes to make, are kept, so that the next call continues.
   */
  up(options: UpOptions): Promise<ClusterAccess>;
  /** Takes the cluster down; with deleteData also what its volumes hold. Leaves no process, port or temporary file. */
  down(options: { deleteData: boolean; say: (message: string) => void }): Promise<DownReport>;
  status(): Promise<ProviderStatus>;
  /** Of the cluster that is up. */
  timing(): Promise<ClusterTiming>;
  /** Undefined when this provider cannot do it. */
  readonly nodePower: NodePower | undefined;
}
