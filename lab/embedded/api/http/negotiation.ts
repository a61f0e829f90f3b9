/** Which form of the answer the client wants: the Accept header, as in k8s.io/apiserver/pkg/endpoints/handlers/negotiation. */
import { ApiError } from '../errors.ts';

export interface Representation {
  media: 'application/json' | 'application/yaml';
  /** The object itself, a Table for people, or its metadata alone. */
  as: 'Object' | 'Table' | 'Metadata';
}

export interface AcceptClause {
  media: string;
  parameters: ReadonlyMap<string, string>;
}

const PLAIN: Representation = { media: 'application/json', as: 'Object' };
const MEDIA = new Map<string, Representation['media']>([
  ['*/*', 'application/json'],
  ['application/*', 'application/json'],
  ['application/json', 'application/json'],
  ['application/yaml', 'application/yaml'],
]);
const CONVERSIONS = new Map<string, Representation['as']>([
  ['', 'Object'],
  ['Table', 'Table'],
  ['PartialObjectMetadata', 'Metadata'],
  ['PartialObjectMetadataList', 'Metadata'],
]);

/** The clauses of an Accept header, most wanted first. */
export function parseAccept(header: string): AcceptClause[] {
  const clauses = header.split(',').map((clause) => {
    const [media = '', ...parameters] = clause.split(';').map((part) => part.trim());
    return { media: media.toLowerCase(), parameters: new Map(parameters.map(splitParameter)) };
  });
  const quality = (clause: AcceptClause): number => Number(clause.parameters.get('q') ?? 1);
  return clauses.sort((a, b) => quality(b) - quality(a));
}

function splitParameter(text: string): [string, string] {
  const at = text.indexOf('=');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

/** Throws 406 NotAcceptable when the client takes nothing that is offered (only protobuf, say). */
export function negotiate(header: string | undefined): Representation {
  if (header === undefined || header === '') return PLAIN;
  for (const clause of parseAccept(header)) {
    const representation = representationOf(clause);
    if (representation !== undefined) return representation;
  }
  throw notAcceptable([...new Set(MEDIA.values())]);
}

export function notAcceptable(offered: readonly string[]): ApiError {
  return new ApiError('NotAcceptable', `406: Not Acceptable\n\nAvailable representations: ${offered.join(', ')}`, {});
}

function representationOf({ media, parameters }: AcceptClause): Representation | undefined {
  const known = MEDIA.get(media);
  const as = CONVERSIONS.get(parameters.get('as') ?? '');
  if (known === undefined || as === undefined) return undefined;
  if (as === 'Object') return { media: known, as };
  // Conversions are only known in this group and version.
  const converts = parameters.get('g') === 'meta.k8s.io' && parameters.get('v') === 'v1';
  return converts ? { media: known, as } : undefined;
}
