/** DELETE of a collection. */
import { isReason } from '../../errors.ts';
import { apiVersionOf } from '../../resources.ts';
import type { KubeObject } from '../../types.ts';
import { methodNotAllowed } from '../exchange.ts';
import type { Exchange } from '../exchange.ts';
import { negotiate } from '../negotiation.ts';
import type { ResourceRequest } from '../request-info.ts';
import { itemJson } from '../serialize.ts';
import { readDeleteOptions } from './delete-options.ts';
import { parseListQuery } from './list-options.ts';
import { withItems } from './list.ts';
import { sendDocument } from './respond.ts';

export async function removeCollection(exchange: Exchange, target: ResourceRequest): Promise<void> {
  const { client } = exchange;
  const { resource, namespace } = target;
  if (resource.namespaced && namespace === undefined) throw methodNotAllowed();
  const options = await readDeleteOptions(exchange);
  const { selection } = parseListQuery(exchange.query, target, false);
  const removed = client.list(resource.plural, selection).flatMap(({ metadata }): KubeObject[] => {
    try {
      return [client.delete(resource.plural, metadata.namespace, metadata.name, options)];
    } catch (error) {
      // Deleting one object may have taken another one with it.
      if (isReason(error, 'NotFound')) return [];
      throw error;
    }
  });
  const metadata = { resourceVersion: client.resourceVersion() };
  const head = { kind: `${resource.kind}List`, apiVersion: apiVersionOf(resource), metadata };
  await sendDocument(exchange, negotiate(exchange.request.headers.accept), withItems(head, removed.map(itemJson)));
}
