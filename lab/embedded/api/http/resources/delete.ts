/** DELETE of one object. */
import type { Plural } from '../../types.ts';
import { successStatus } from '../exchange.ts';
import type { Exchange } from '../exchange.ts';
import type { ResourceRequest } from '../request-info.ts';
import { readDeleteOptions } from './delete-options.ts';
import { sendObject, sendValue } from './respond.ts';

/** The kinds of which a real server always answers with the object, also when it is gone at once. */
const ANSWERED_WITH_OBJECT: ReadonlySet<Plural> = new Set([
  'persistentvolumeclaims',
  'persistentvolumes',
  'pods',
  'serviceaccounts',
  'services',
]);

export async function remove(exchange: Exchange, target: ResourceRequest): Promise<void> {
  const { resource, namespace, name } = target;
  const options = await readDeleteOptions(exchange);
  const object = exchange.client.delete(resource.plural, namespace, name!, options);
  const gone = options.dryRun || exchange.client.find(resource.plural, namespace, name!) === undefined;
  if (!gone || ANSWERED_WITH_OBJECT.has(resource.plural)) return sendObject(exchange, resource, object);
  const details = {
    name,
    ...(resource.group !== '' && { group: resource.group }),
    kind: resource.plural,
    uid: object.metadata.uid,
  };
  return sendValue(exchange, successStatus(details));
}
