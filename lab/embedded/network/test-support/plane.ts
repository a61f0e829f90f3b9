/** A data plane in the test's own process, with servers behind it. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { DataPlane } from '../data-plane/plane.ts';
import type { BackendConfig, DataPlaneConfig, EndpointConfig, IngressRoute } from '../data-plane/protocol.ts';
import type { SocketAddress } from '../network.ts';

export interface TestServer {
  endpoint: EndpointConfig;
  sockets: Set<Socket>;
  /** Stops listening and breaks all connections. */
  close: () => void;
}

/** `server` on a free port of 127.0.0.1; by default a TCP server that hands each connection to `handler`. */
export async function listenForTest(server: Server): Promise<TestServer> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.close();
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return { endpoint: { id: `127.0.0.1:${port}`, host: '127.0.0.1', port }, sockets, close };
}

export function tcpServer(handler: (socket: Socket) => void): Promise<TestServer> {
  return listenForTest(createServer({ allowHalfOpen: true, noDelay: true }, handler));
}

/** A place where nothing listens. */
export async function nowhere(): Promise<EndpointConfig> {
  const server = await tcpServer(() => {});
  server.close();
  return server.endpoint;
}

export interface TestPlane {
  plane: DataPlane;
  /** Where clients connect. */
  address: SocketAddress;
  update: (endpoints: EndpointConfig[]) => Promise<void>;
}

/** One Service in front of `endpoints`. */
export async function servicePlane(backend: BackendConfig): Promise<TestPlane> {
  const plane = new DataPlane();
  await plane.apply(serviceConfig(backend));
  const update = (endpoints: EndpointConfig[]) => plane.apply(serviceConfig({ ...backend, endpoints }));
  return { plane, address: bound(plane, 'service'), update };
}

function serviceConfig(backend: BackendConfig): DataPlaneConfig {
  return {
    listeners: [{ id: 'service', candidates: [{ host: '127.0.0.1', port: 0 }], serves: { backend: 'b' } }],
    backends: { b: backend },
    routes: [],
  };
}

/** One ingress with a rule for everything in front of `endpoints`. */
export async function ingressPlane(
  endpoints: EndpointConfig[],
  route: Partial<IngressRoute> = {},
): Promise<TestPlane & { url: string }> {
  const plane = new DataPlane();
  const rule: IngressRoute = {
    host: '',
    path: '/',
    pathType: 'Prefix',
    backend: 'b',
    bodyLimit: 1024 ** 2,
    readTimeoutMs: 60_000,
    ...route,
  };
  const update = (endpoints: EndpointConfig[]) =>
    plane.apply({
      listeners: [{ id: 'ingress', candidates: [{ host: '127.0.0.1', port: 0 }], serves: 'ingress' }],
      backends: { b: { endpoints } },
      routes: [rule],
    });
  await update(endpoints);
  const address = bound(plane, 'ingress');
  return { plane, address, update, url: `http://${address.host}:${address.port}` };
}

function bound(plane: DataPlane, id: string): SocketAddress {
  const binding = plane.status().bindings[id];
  if (!binding || 'error' in binding) throw new Error(`not bound: ${JSON.stringify(binding)}`);
  return binding;
}
