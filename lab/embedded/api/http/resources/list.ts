/** GET of a collection. */
import { apiVersionOf } from '../../resources.ts';
import type { ResourceInfo } from '../../resources.ts';
import type { Exchange } from '../exchange.ts';
import { negotiate } from '../negotiation.ts';
import type { Representation } from '../negotiation.ts';
import type { ResourceRequest } from '../request-info.ts';
import { itemJson, metadataJson } from '../serialize.ts';
import { parseIncludeObject, tableJson } from '../tables/table.ts';
import { parseListQuery } from './list-options.ts';
import type { ListQuery } from './list-options.ts';
import type { Page } from './pages.ts';
import { sendDocument } from './respond.ts';
import { checkVersion } from './version.ts';

export async function list(exchange: Exchange, target: ResourceRequest): Promise<void> {
  const representation = negotiate(exchange.request.headers.accept);
  const query = parseListQuery(exchange.query, target, false);
  const page = readPage(exchange, target, query);
  await sendDocument(exchange, representation, listText(exchange, target.resource, page, query, representation));
}

function readPage({ client, pages }: Exchange, { resource }: ResourceRequest, query: ListQuery): Page {
  if (query.continueToken !== undefined) return pages.next(query.continueToken, query.limit);
  const resourceVersion = client.resourceVersion();
  checkVersion(query, resourceVersion);
  return pages.first(client.list(resource.plural, query.selection), resourceVersion, query.limit);
}

function listText(
  exchange: Exchange,
  resource: ResourceInfo,
  { objects, resourceVersion, continueToken, remaining }: Page,
  { selection }: ListQuery,
  { as }: Representation,
): string {
  // How many remain is not told of a selection, since a real server would have to look at them all to know.
  const counted = remaining > 0 && selection.labelSelector === undefined && selection.fieldSelector === undefined;
  const metadata = {
    resourceVersion,
    ...(continueToken !== undefined && { continue: continueToken }),
    ...(counted && { remainingItemCount: remaining }),
  };
  if (as === 'Table') {
    return tableJson(resource.plural, objects, metadata, parseIncludeObject(exchange.query.get('includeObject')));
  }
  if (as === 'Metadata') {
    const head = { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata };
    return withItems(head, objects.map(metadataJson));
  }
  const head = { kind: `${resource.kind}List`, apiVersion: apiVersionOf(resource), metadata };
  return withItems(head, objects.map(itemJson));
}

/** Pastes the items in as text, since most have been made into text before. */
export function withItems(head: object, items: readonly string[]): string {
  return `${JSON.stringify(head).slice(0, -1)},"items":[${items.join(',')}]}`;
}
