/** GET of one object. */
import type { Exchange } from '../exchange.ts';
import type { ResourceRequest } from '../request-info.ts';
import { sendObject } from './respond.ts';

export async function get(exchange: Exchange, { resource, namespace, name }: ResourceRequest): Promise<void> {
  await sendObject(exchange, resource, exchange.client.get(resource.plural, namespace, name!));
}
