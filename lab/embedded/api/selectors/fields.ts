/** Field selectors: `spec.nodeName=w1,status.phase!=Failed`, over the fields that the API server can select by. */
import type { ErrorSubject } from '../status-errors.ts';
import { badRequest } from '../status-errors.ts';
import type { KubeObject, Plural } from '../types.ts';

export type FieldMatcher = (object: KubeObject) => boolean;

type Getter = (object: KubeObject) => unknown;

const COMMON: Readonly<Record<string, Getter>> = {
  'metadata.name': (object) => object.metadata.name,
  'metadata.namespace': (object) => object.metadata.namespace,
};

const involved =
  (field: string): Getter =>
  (event) =>
    event['involvedObject']?.[field];

const BY_KIND: Partial<Record<Plural, Readonly<Record<string, Getter>>>> = {
  pods: {
    'spec.nodeName': (pod) => pod.spec.nodeName,
    'spec.restartPolicy': (pod) => pod.spec.restartPolicy,
    'spec.schedulerName': (pod) => pod.spec.schedulerName,
    'spec.serviceAccountName': (pod) => pod.spec.serviceAccountName,
    'spec.hostNetwork': (pod) => String(pod.spec.hostNetwork ?? false),
    'status.phase': (pod) => pod.status?.phase,
    'status.podIP': (pod) => pod.status?.podIP,
    'status.nominatedNodeName': (pod) => pod.status?.nominatedNodeName,
  },
  events: {
    'involvedObject.kind': involved('kind'),
    'involvedObject.namespace': involved('namespace'),
    'involvedObject.name': involved('name'),
    'involvedObject.uid': involved('uid'),
    'involvedObject.apiVersion': involved('apiVersion'),
    'involvedObject.resourceVersion': involved('resourceVersion'),
    'involvedObject.fieldPath': involved('fieldPath'),
    reason: (event) => event['reason'],
    reportingComponent: (event) => event['reportingComponent'],
    source: (event) => event['source']?.component ?? event['reportingComponent'],
    type: (event) => event['type'],
  },
  services: { 'spec.clusterIP': (service) => service.spec.clusterIP, 'spec.type': (service) => service.spec.type },
  nodes: { 'spec.unschedulable': (node) => String(node.spec?.unschedulable ?? false) },
  secrets: { type: (secret) => secret['type'] },
  namespaces: { 'status.phase': (namespace) => namespace.status?.phase },
  jobs: { 'status.successful': (job) => String(job.status?.succeeded ?? 0) },
};

/**
 * A field selector as a predicate; undefined or '' selects everything.
 * Throws 400 BadRequest for what cannot be parsed and for fields that the kind cannot be selected by.
 */
export function parseFieldSelector(info: ErrorSubject & { plural: Plural }, text: string | undefined): FieldMatcher {
  if (text === undefined || text === '') return () => true;
  const terms = text.split(',').filter((term) => term !== '');
  const matchers = terms.map((term) => parseTerm(info, term));
  return (object) => matchers.every((matches) => matches(object));
}

function parseTerm(info: ErrorSubject & { plural: Plural }, term: string): FieldMatcher {
  const match = /^(.*?)(!=|==|=)(.*)$/.exec(term);
  if (match === null) {
    throw badRequest(`invalid selector: '${term}'; can't understand '${term}'`);
  }
  const [, field, operator, value] = match as unknown as [string, string, string, string];
  const getter = COMMON[field] ?? BY_KIND[info.plural]?.[field];
  if (getter === undefined) throw badRequest(unsupported(info, field));
  const wanted = operator !== '!=';
  return (object) => ((getter(object) ?? '') === value) === wanted;
}

/** Kinds that can be selected by fields of their own word it differently from those that cannot. */
function unsupported({ plural, kind }: ErrorSubject & { plural: Plural }, field: string): string {
  if (plural === 'jobs') return `field label "${field}" not supported for ${kind}`;
  return plural in BY_KIND
    ? `field label not supported: ${field}`
    : `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`;
}
