/** POST to a collection. */
import type { Exchange } from '../exchange.ts';
import { methodNotAllowed } from '../exchange.ts';
import type { ResourceRequest } from '../request-info.ts';
import { readBodyObject } from './body-object.ts';
import { sendObject } from './respond.ts';
import { parseWriteOptions } from './write-options.ts';

export async function create(exchange: Exchange, target: ResourceRequest): Promise<void> {
  const { resource, namespace } = target;
  // The collection over all namespaces can be read, but an object is made in one namespace.
  if (resource.namespaced && namespace === undefined) throw methodNotAllowed();
  const object = await readBodyObject(exchange, target);
  const options = parseWriteOptions(exchange, 'CreateOptions');
  await sendObject(exchange, resource, exchange.client.create(resource.plural, object, options), 201);
}
