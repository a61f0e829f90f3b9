/** Where pods/…/proxy and services/…/proxy lead. */
import type { EndpointSlice } from 'kubernetes-types/discovery/v1.js';
import type { SocketAddress } from '../../../network/network.ts';
import { ApiError } from '../../errors.ts';
import { badRequest } from '../../status-errors.ts';
import type { Stored } from '../../types.ts';
import type { Exchange } from '../exchange.ts';
import type { ResourceRequest } from '../request-info.ts';

export interface ProxyTarget {
  scheme: 'http' | 'https';
  address: SocketAddress;
}

/** `[scheme:]name[:port]`, the port by number or, of a Service, by name. Throws 400 BadRequest. */
export function splitTarget(text: string): { scheme: 'http' | 'https'; name: string; port: string } {
  const parts = text.split(':');
  const [scheme, name, port] = parts.length === 3 ? parts : ['', ...parts, ''];
  const known = scheme === '' || scheme === 'http' || scheme === 'https';
  if (parts.length > 3 || !name || !known) throw badRequest(`invalid proxy request ${JSON.stringify(text)}`);
  return { scheme: scheme === 'https' ? 'https' : 'http', name, port: port ?? '' };
}

/** Throws 404 for a pod that there is not, 400 for a port that is none, 503 when nothing stands behind a Service. */
export function proxyTarget(exchange: Exchange, { resource, namespace, name: text }: ResourceRequest): ProxyTarget {
  const { scheme, name, port } = splitTarget(text!);
  const find = resource.plural === 'pods' ? podAddress : endpointAddress;
  const { host, port: number } = find(exchange, namespace!, name, port);
  return { scheme, address: exchange.network.resolve(host, number) };
}

function podAddress({ client }: Exchange, namespace: string, name: string, port: string): SocketAddress {
  const { spec, status } = client.get('pods', namespace, name);
  if (!status?.podIP) throw badRequest(`address not allowed: pod ${name} has no address`);
  const first = spec.containers.flatMap(({ ports = [] }: any) => ports)[0]?.containerPort;
  const number = port === '' ? (first ?? 80) : Number(port);
  if (!Number.isInteger(number) || number < 1 || number > 65535)
    throw badRequest(`invalid port ${JSON.stringify(port)}`);
  return { host: status.podIP, port: number };
}

/** Any of the ready endpoints, each time another: the choice is not balanced, as it is not by a real server. */
function endpointAddress({ client }: Exchange, namespace: string, name: string, port: string): SocketAddress {
  // Whatever is missing, the Service or the port of that name: there is nobody who could answer.
  const service = client.find('services', namespace, name);
  const portName = servicePortName(service?.spec.ports ?? [], name, port);
  const slices = client.list('endpointslices', { namespace, labelSelector: `kubernetes.io/service-name=${name}` });
  const addresses = slices.flatMap((slice) => readyAddresses(slice as Stored<EndpointSlice>, portName));
  if (addresses.length === 0) throw noEndpoints(name);
  return addresses[Math.floor(Math.random() * addresses.length)]!;
}

function servicePortName(ports: readonly { name?: string; port: number }[], service: string, wanted: string): string {
  const found =
    wanted === '' && ports.length === 1 ? ports[0] : ports.find((one) => wanted !== '' && matches(one, wanted));
  if (found === undefined) throw noEndpoints(service);
  return found.name ?? '';
}

function matches({ name, port }: { name?: string; port: number }, wanted: string): boolean {
  return name === wanted || String(port) === wanted;
}

function readyAddresses({ ports = [], endpoints }: Stored<EndpointSlice>, portName: string): SocketAddress[] {
  const port = ports.find(({ name = '' }) => name === portName)?.port;
  if (port === undefined) return [];
  const ready = endpoints.filter(({ conditions }) => conditions?.ready !== false);
  return ready.flatMap(({ addresses }) => addresses.slice(0, 1).map((host) => ({ host, port })));
}

function noEndpoints(service: string): ApiError {
  return new ApiError('ServiceUnavailable', `no endpoints available for service ${JSON.stringify(service)}`);
}
