/** POST to a pod's binding: the scheduler's answer. */
import { badRequest } from '../../status-errors.ts';
import { isRecord } from '../../values.ts';
import { successStatus } from '../exchange.ts';
import type { Exchange } from '../exchange.ts';
import type { ResourceRequest } from '../request-info.ts';
import { readBodyObject } from './body-object.ts';
import { sendValue } from './respond.ts';
import { parseWriteOptions } from './write-options.ts';

export async function bind(exchange: Exchange, target: ResourceRequest): Promise<void> {
  const { namespace, name } = target;
  const body = await readBodyObject(exchange, target, { apiVersion: 'v1', kind: 'Binding' });
  const to = body['target'];
  if (!isRecord(to) || typeof to['name'] !== 'string' || to['name'] === '') {
    throw badRequest('target.name: Required value');
  }
  if (to['kind'] && to['kind'] !== 'Node') {
    throw badRequest(`target.kind: Unsupported value: ${JSON.stringify(to['kind'])}: supported values: "Node", ""`);
  }
  if (!parseWriteOptions(exchange, 'CreateOptions').dryRun) exchange.client.bind(namespace!, name!, to['name']);
  await sendValue(exchange, { ...successStatus(), code: 201 }, 201);
}
