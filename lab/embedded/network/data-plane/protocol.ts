/** What the control side and the data plane say to each other over IPC. */
import type { SocketAddress } from '../network.ts';

/** One place that serves a backend. */
export interface EndpointConfig {
  /** `ADDRESS:PORT` as the API shows it; identifies the endpoint in counts. */
  id: string;
  /** Where it really listens. */
  host: string;
  port: number;
}

/** Endpoints among which connections or requests are spread. */
export interface BackendConfig {
  endpoints: EndpointConfig[];
  /** sessionAffinity ClientIP: a client keeps its endpoint until it has been silent for so long. */
  affinitySeconds?: number;
}

export interface ListenerConfig {
  /** `ADDRESS:PORT` as the API shows it. */
  id: string;
  /** Where to listen: the first that can be bound is taken. */
  candidates: SocketAddress[];
  /** A TCP proxy to a backend, which must be among the configuration's backends, or the HTTP proxy. */
  serves: { backend: string } | 'ingress';
}

type PathType = 'Exact' | 'Prefix';

export interface IngressRoute {
  /** Exact name, `*.suffix`, or empty for any. Lower case. */
  host: string;
  path: string;
  pathType: PathType;
  /** Undefined: nothing is behind it (the Service or its port does not exist), which answers 503. */
  backend: string | undefined;
  /** Longest request body in bytes; 0 for no limit. */
  bodyLimit: number;
  readTimeoutMs: number;
}

/** Everything the data plane does. Each one replaces the one before; what did not change is left as it is. */
export interface DataPlaneConfig {
  listeners: ListenerConfig[];
  backends: Record<string, BackendConfig>;
  routes: IngressRoute[];
}

/** Where a listener is, or the code of the error that its last candidate failed with (EADDRINUSE, EACCES, ...). */
export type Binding = SocketAddress | { error: string };

export interface EndpointCounts {
  /** Connections (or requests, for an ingress backend's endpoint) that are open now. */
  open: number;
  /** All since the endpoint appeared. */
  total: number;
  /** Could not be connected to, or broke before an answer. */
  failed: number;
}

export interface DataPlaneStatus {
  bindings: Record<string, Binding>;
  /** By backend, by endpoint id. */
  backends: Record<string, Record<string, EndpointCounts>>;
}

export type Request = { id: number } & ({ type: 'apply'; config: DataPlaneConfig } | { type: 'status' });
export type Reply = { id: number; status: DataPlaneStatus };
