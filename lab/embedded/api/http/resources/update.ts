/** PUT of an object, or of its status. */
import type { Exchange } from '../exchange.ts';
import type { ResourceRequest } from '../request-info.ts';
import { readBodyObject } from './body-object.ts';
import { sendObject } from './respond.ts';
import { parseWriteOptions } from './write-options.ts';

export async function update(exchange: Exchange, target: ResourceRequest): Promise<void> {
  const object = await readBodyObject(exchange, target);
  const { resource, subresource } = target;
  const updated = exchange.client.update(resource.plural, object, {
    ...parseWriteOptions(exchange, 'UpdateOptions'),
    ...(subresource === 'status' && { subresource }),
  });
  await sendObject(exchange, resource, updated);
}
