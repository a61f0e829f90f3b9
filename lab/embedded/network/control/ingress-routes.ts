/** The routes of the ingress, out of the Ingress objects of its class. */
import type { Service } from 'kubernetes-types/core/v1.js';
import type { Ingress, IngressBackend, IngressClass, HTTPIngressPath } from 'kubernetes-types/networking/v1.js';
import type { Stored } from '../../api/types.ts';
import type { IngressRoute } from '../data-plane/protocol.ts';

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';
const DEFAULT_CLASS_ANNOTATION = 'ingressclass.kubernetes.io/is-default-class';
const PREFIX = 'nginx.ingress.kubernetes.io/';
const BODY_SIZE = `${PREFIX}proxy-body-size`;
const READ_TIMEOUT = `${PREFIX}proxy-read-timeout`;

/** ingress-nginx: proxy-body-size 1m, proxy-read-timeout 60. */
const BODY_LIMIT = 1024 ** 2;
const READ_TIMEOUT_MS = 60_000;

/** The Ingresses that this controller has to serve, the oldest first. */
export function ingressesOfClass(
  ingresses: readonly Stored<Ingress>[],
  classes: readonly Stored<IngressClass>[],
  ingressClass: string,
): Stored<Ingress>[] {
  const isDefault = classes.some(
    ({ metadata }) => metadata.name === ingressClass && metadata.annotations?.[DEFAULT_CLASS_ANNOTATION] === 'true',
  );
  return ingresses
    .filter(({ metadata, spec }) => {
      const named = spec?.ingressClassName ?? metadata.annotations?.[CLASS_ANNOTATION];
      return named === undefined ? isDefault : named === ingressClass;
    })
    .sort((a, b) => (age(a) < age(b) ? -1 : 1));
}

function age({ metadata }: Stored<Ingress>): string {
  return `${metadata.creationTimestamp} ${metadata.namespace}/${metadata.name}`;
}

/** Looks up a Service by namespace and name. */
export type FindService = (namespace: string, name: string) => Stored<Service> | undefined;

export function routesOf(ingress: Stored<Ingress>, findService: FindService): IngressRoute[] {
  const { namespace = 'default', annotations = {} } = ingress.metadata;
  const { rules = [], defaultBackend } = ingress.spec ?? {};
  const limits = {
    bodyLimit: parseSize(annotations[BODY_SIZE]) ?? BODY_LIMIT,
    readTimeoutMs: parseSeconds(annotations[READ_TIMEOUT]) ?? READ_TIMEOUT_MS,
  };
  const route = (host: string, path: Pick<HTTPIngressPath, 'path' | 'pathType'>, to: IngressBackend): IngressRoute => ({
    host: host.toLowerCase(),
    path: path.path || '/',
    // ImplementationSpecific: as Prefix.
    pathType: path.pathType === 'Exact' ? 'Exact' : 'Prefix',
    backend: ingressBackendKey(namespace, to, findService),
    ...limits,
  });
  const ruled = rules.flatMap(({ host = '', http }) =>
    (http?.paths ?? []).map((path) => route(host, path, path.backend)),
  );
  if (!defaultBackend) return ruled;
  // It answers for what no rule of this Ingress matches, and for hosts that no Ingress names.
  const hosts = new Set([...rules.map(({ host = '' }) => host), '']);
  return [...ruled, ...[...hosts].map((host) => route(host, { path: '/', pathType: 'Prefix' }, defaultBackend))];
}

/** Undefined when the Service or its port does not exist. Requests are counted apart from connections through the Service. */
function ingressBackendKey(namespace: string, { service }: IngressBackend, find: FindService): string | undefined {
  const found = service && find(namespace, service.name);
  if (!found) return undefined;
  const port = found.spec?.ports?.find(({ name, port }) =>
    service.port?.name === undefined ? port === service.port?.number : name === service.port.name,
  );
  return port && ingressKey(namespace, service.name, port.port);
}

export function ingressKey(namespace: string, service: string, port: number): string {
  return `ingress:${namespace}/${service}:${port}`;
}

/** What the Ingress asks for and this ingress does not do, in words for its Events. */
export function unsupportedIn({ metadata, spec }: Stored<Ingress>): string[] {
  const annotations = Object.keys(metadata.annotations ?? {}).filter(
    (name) => name.startsWith(PREFIX) && name !== BODY_SIZE && name !== READ_TIMEOUT,
  );
  return [
    ...annotations.map((name) => `annotation ${name} is not supported`),
    ...((spec?.tls ?? []).length > 0 ? ['spec.tls: only http is served'] : []),
    ...(unreadable(metadata.annotations?.[BODY_SIZE], parseSize) ? [`annotation ${BODY_SIZE} is not a size`] : []),
    ...(unreadable(metadata.annotations?.[READ_TIMEOUT], parseSeconds)
      ? [`annotation ${READ_TIMEOUT} is not a number of seconds`]
      : []),
  ];
}

function unreadable(text: string | undefined, parse: (text: string) => number | undefined): boolean {
  return text !== undefined && parse(text) === undefined;
}

/** nginx's sizes: `8m`, `512k`, `1g`, or bytes; 0 for no limit. */
function parseSize(text: string | undefined): number | undefined {
  const [, digits, unit = ''] = /^(\d+)([kmg]?)$/i.exec(text ?? '') ?? [];
  return digits === undefined ? undefined : Number(digits) * 1024 ** ['', 'k', 'm', 'g'].indexOf(unit.toLowerCase());
}

function parseSeconds(text: string | undefined): number | undefined {
  const [, digits] = /^(\d+)s?$/.exec(text ?? '') ?? [];
  return digits === undefined ? undefined : Number(digits) * 1000;
}
