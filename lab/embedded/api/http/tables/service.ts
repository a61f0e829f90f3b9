import type { ServicePort } from 'kubernetes-types/core/v1.js';
import type { Kinds, Stored } from '../../types.ts';
import { age } from './duration.ts';
import { labels, NONE } from './format.ts';
import { AGE, column, NAME, wideColumn } from './printer.ts';
import type { Printer } from './printer.ts';

type Service = Stored<Kinds['services']>;

export const service: Printer<'services'> = {
  columns: [
    NAME,
    column('Type'),
    column('Cluster-IP'),
    column('External-IP'),
    column('Port(s)'),
    AGE,
    wideColumn('Selector'),
  ],
  cells: (service, now) => [
    service.metadata.name,
    service.spec?.type ?? '',
    service.spec?.clusterIP || NONE,
    externalIP(service),
    service.spec?.ports?.map(port).join(',') || NONE,
    age(service.metadata.creationTimestamp, now),
    labels(service.spec?.selector),
  ],
};

function externalIP({ spec, status }: Service): string {
  if (spec?.type === 'ExternalName') return spec.externalName ?? '';
  const own = spec?.externalIPs ?? [];
  if (spec?.type !== 'LoadBalancer') return own.join(',') || NONE;
  const balanced = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || (hostname ?? ''));
  return [...[...new Set(balanced)].sort(), ...own].join(',') || '<pending>';
}

function port({ port, nodePort, protocol }: ServicePort): string {
  return `${port}${nodePort ? `:${nodePort}` : ''}/${protocol ?? 'TCP'}`;
}
