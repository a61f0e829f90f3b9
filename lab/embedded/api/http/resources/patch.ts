/** PATCH of an object, or of its status. */
import type { Exchange } from '../exchange.ts';
import type { ResourceRequest } from '../request-info.ts';
import { readPatch } from './patch-body.ts';
import { sendObject } from './respond.ts';

export async function patch(exchange: Exchange, target: ResourceRequest): Promise<void> {
  const { resource, namespace, name, subresource } = target;
  const { patch, options } = await readPatch(exchange);
  const existed = exchange.client.find(resource.plural, namespace, name!) !== undefined;
  const object = exchange.client.patch(resource.plural, namespace, name!, patch, {
    ...options,
    ...(subresource === 'status' && { subresource }),
  });
  await sendObject(exchange, resource, object, existed ? 200 : 201);
}
