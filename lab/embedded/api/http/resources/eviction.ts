/** POST to a pod's eviction: deletion that minds PodDisruptionBudgets. */
import { isRecord } from '../../values.ts';
import { successStatus } from '../exchange.ts';
import type { Exchange } from '../exchange.ts';
import type { ResourceRequest } from '../request-info.ts';
import { readBodyObject } from './body-object.ts';
import { deleteOptions } from './delete-options.ts';
import { sendValue } from './respond.ts';
import { parseWriteOptions } from './write-options.ts';

export async function evict(exchange: Exchange, target: ResourceRequest): Promise<void> {
  const { namespace, name } = target;
  const body = await readBodyObject(exchange, target, { apiVersion: 'policy/v1', kind: 'Eviction' });
  const fields = body['deleteOptions'];
  const options = isRecord(fields) ? deleteOptions(fields) : {};
  const { dryRun } = parseWriteOptions(exchange, 'CreateOptions');
  exchange.client.evict(namespace!, name!, { ...options, dryRun: Boolean(dryRun) || options.dryRun });
  await sendValue(exchange, { ...successStatus(), code: 201 }, 201);
}
