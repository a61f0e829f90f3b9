/**
 * The cluster's network on loopback: interface only.
 *
 * Addresses are those that the API shows (podIP, clusterIP, ...), all in 127.BLOCK.0.0/16. An address and port of the
 * cluster is bound as it is wherever the machine allows it. Where it does not (a program already listens on the port on all
 * addresses, the port needs privileges, the platform has only 127.0.0.1), another one is bound in its place, and the
 * translation is kept in a file that pods and components read: see resolve().
 */

/** Where something really listens. */
export interface SocketAddress {
  host: string;
  port: number;
}

export interface PodAttachment {
  podIP: string;
  /** Real listening address of each declared container port. */
  ports: Map<number, SocketAddress>;
  /** Environment that lets the pod's programs find their address, the cluster's DNS and translations. */
  env: Record<string, string>;
  /** Arguments to put before the script when the program is Node (the preload that does the above for it). */
  nodeArguments: string[];
}

/** What kubelets and the API server need from the network. */
export interface PodNetwork {
  /** Gives the pod an address on its node's range. Each attachment of a restarted sandbox gets a new one. */
  attach(pod: { uid: string; nodeName: string; containerPorts: number[] }): Promise<PodAttachment>;
  detach(uid: string): void;
  /** The real address behind an address of the cluster; itself when nothing is translated. */
  resolve(address: string, port: number): SocketAddress;
}

/** The address of each node, the pod and service ranges: one place that lays out 127.BLOCK.0.0/16. */
export interface AddressPlan {
  apiServer: string;
  dns: string;
  node(index: number): string;
  podRange(nodeIndex: number): { prefix: string; cidr: string };
  serviceCidr: string;
  /** Addresses for Services of type LoadBalancer; the first is the ingress controller's. */
  loadBalancerPool: string[];
}
