/** What the API server has to be told about the cluster it serves. */
export interface ApiOptions {
  /** Where the addresses of Services come from, e.g. `127.42.96.0/20`. */
  serviceCidr: string;
  /** Whether the machine can listen on this port: asked before a nodePort is given out. Default: always. */
  nodePortFree?: ((port: number) => boolean) | undefined;
  /** How long pods tolerate not-ready and unreachable nodes when they do not say. Default 300, as in Kubernetes. */
  defaultTolerationSeconds?: number | undefined;
}
