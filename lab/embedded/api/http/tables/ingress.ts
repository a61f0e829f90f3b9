import type { Kinds, Stored } from '../../types.ts';
import { age } from './duration.ts';
import { firstFew, NONE } from './format.ts';
import { AGE, column, NAME } from './printer.ts';
import type { Printer } from './printer.ts';

type Ingress = Stored<Kinds['ingresses']>;

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';
const SHOWN_HOSTS = 3;

export const ingress: Printer<'ingresses'> = {
  columns: [NAME, column('Class'), column('Hosts'), column('Address'), column('Ports'), AGE],
  cells: (ingress, now) => [
    ingress.metadata.name,
    ingress.spec?.ingressClassName ?? ingress.metadata.annotations?.[CLASS_ANNOTATION] ?? NONE,
    hosts(ingress),
    addresses(ingress),
    ingress.spec?.tls?.length ? '80, 443' : '80',
    age(ingress.metadata.creationTimestamp, now),
  ],
};

function hosts({ spec }: Ingress): string {
  const named = (spec?.rules ?? []).flatMap(({ host }) => host || []);
  return firstFew(named, SHOWN_HOSTS, (count) => ` + ${count} more...`) || '*';
}

function addresses({ status }: Ingress): string {
  const found = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || (hostname ?? ''));
  return [...new Set(found)].sort().join(',');
}
