/** Answering with objects, in the form that the client asked for. */
import type { ResourceInfo } from '../../resources.ts';
import type { KubeObject } from '../../types.ts';
import { sendText } from '../exchange.ts';
import type { Exchange } from '../exchange.ts';
import { negotiate } from '../negotiation.ts';
import type { Representation } from '../negotiation.ts';
import { objectJson, metadataJson } from '../serialize.ts';
import { parseIncludeObject, tableJson } from '../tables/table.ts';

export async function sendObject(
  exchange: Exchange,
  resource: ResourceInfo,
  object: KubeObject,
  code = 200,
): Promise<void> {
  const representation = negotiate(exchange.request.headers.accept);
  await sendDocument(exchange, representation, objectText(exchange, resource, object, representation), code);
}

function objectText({ query }: Exchange, resource: ResourceInfo, object: KubeObject, { as }: Representation): string {
  if (as === 'Metadata') return metadataJson(object);
  if (as === 'Object') return objectJson(object);
  const { resourceVersion } = object.metadata;
  return tableJson(resource.plural, [object], { resourceVersion }, parseIncludeObject(query.get('includeObject')));
}

/** Sends a value that has no other forms than JSON and YAML. */
export async function sendValue(exchange: Exchange, value: object, code = 200): Promise<void> {
  await sendDocument(exchange, negotiate(exchange.request.headers.accept), JSON.stringify(value), code);
}

export async function sendDocument(
  { response }: Exchange,
  { media }: Representation,
  json: string,
  code = 200,
): Promise<void> {
  if (media === 'application/json') return sendText(response, code, json, media);
  const { stringify } = await import('yaml');
  return sendText(response, code, stringify(JSON.parse(json)), media);
}
