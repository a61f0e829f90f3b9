/** The scale subresource: how many replicas, in one form for every kind that has them (autoscaling/v1 Scale). */
import { toScale } from '../../scale.ts';
import type { Exchange } from '../exchange.ts';
import type { ResourceRequest } from '../request-info.ts';
import { readBodyObject } from './body-object.ts';
import { readPatch } from './patch-body.ts';
import { sendValue } from './respond.ts';
import { parseWriteOptions } from './write-options.ts';

const SUBRESOURCE = { subresource: 'scale' } as const;

export async function getScale(exchange: Exchange, { resource, namespace, name }: ResourceRequest): Promise<void> {
  await sendValue(exchange, toScale(exchange.client.get(resource.plural, namespace, name!)));
}

export async function updateScale(exchange: Exchange, target: ResourceRequest): Promise<void> {
  const scale = await readBodyObject(exchange, target, { apiVersion: 'autoscaling/v1', kind: 'Scale' });
  const options = { ...parseWriteOptions(exchange, 'UpdateOptions'), ...SUBRESOURCE };
  await sendValue(exchange, toScale(exchange.client.update(target.resource.plural, scale, options)));
}

export async function patchScale(exchange: Exchange, target: ResourceRequest): Promise<void> {
  const { resource, namespace, name } = target;
  const { patch, options } = await readPatch(exchange);
  const scaled = exchange.client.patch(resource.plural, namespace, name!, patch, { ...options, ...SUBRESOURCE });
  await sendValue(exchange, toScale(scaled));
}
