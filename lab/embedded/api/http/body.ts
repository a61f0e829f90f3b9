/** Reading request bodies. */
import type { IncomingMessage } from 'node:http';
import { ApiError } from '../errors.ts';
import { badRequest } from '../status-errors.ts';
import { isRecord } from '../values.ts';

/** The API server's own limit. */
const MAX_BODY_BYTES = 3 * 1024 * 1024;

/** Throws 413 as soon as the body is seen to be longer than the API server takes. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(): ApiError {
  return new ApiError('RequestEntityTooLarge', `Request entity too large: limit is ${MAX_BODY_BYTES}`);
}

/** The media type of the body without parameters; '' when the client names none. */
export function contentType(request: IncomingMessage): string {
  return (request.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();
}

const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const OBJECT_TYPES = ['application/json', 'application/yaml', PROTOBUF];

/** An object in any of its forms; undefined when the body is empty. Throws 415 for other media types, 400 when it does not parse. */
export async function readObject(request: IncomingMessage): Promise<Record<string, unknown> | undefined> {
  const body = await readBody(request);
  if (body.length === 0) return undefined;
  const type = contentType(request);
  if (type !== '' && !OBJECT_TYPES.includes(type)) throw unsupported(OBJECT_TYPES);
  const value = (await parseObject(body, type)) ?? {};
  if (!isRecord(value)) throw badRequest('the body of the request is not an object');
  return value;
}

async function parseObject(body: Buffer, type: string): Promise<unknown> {
  if (type === PROTOBUF) {
    const { decodeProtobuf } = await import('./protobuf/decode.ts');
    return decodeProtobuf(body);
  }
  return type === 'application/yaml' ? parseYaml(body.toString()) : parseJson(body.toString());
}

function unsupported(accepted: readonly string[]): ApiError {
  return new ApiError(
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  );
}

/** Throws 400 BadRequest. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badRequest(`error decoding the body as JSON: ${(error as Error).message}`);
  }
}

/** Throws 400 BadRequest, also when a key stands twice in a mapping. */
export async function parseYaml(text: string): Promise<unknown> {
  const { parse } = await import('yaml');
  try {
    return parse(text);
  } catch (error) {
    throw badRequest(`error decoding the body as YAML: ${(error as Error).message}`);
  }
}
