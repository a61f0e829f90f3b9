/** Which handler answers which method on which kind of path. */
import { methodNotAllowed } from '../exchange.ts';
import type { Exchange } from '../exchange.ts';
import { queryFlag } from '../query.ts';
import type { ResourceRequest } from '../request-info.ts';
import { attach } from '../streaming/attach.ts';
import { exec } from '../streaming/exec.ts';
import { log } from '../streaming/log.ts';
import { portForward } from '../streaming/port-forward.ts';
import { proxy } from '../streaming/proxy.ts';
import { bind } from './binding.ts';
import { create } from './create.ts';
import { removeCollection } from './delete-collection.ts';
import { remove } from './delete.ts';
import { evict } from './eviction.ts';
import { get } from './get.ts';
import { list } from './list.ts';
import { patch } from './patch.ts';
import { getScale, patchScale, updateScale } from './scale.ts';
import { update } from './update.ts';
import { watch } from './watch.ts';

export type Handler = (exchange: Exchange, target: ResourceRequest) => void | Promise<void>;

/** Handlers by method; `ALL` takes those that are not named. */
type Methods = Readonly<Partial<Record<string, Handler>>>;

const COLLECTION: Methods = {
  GET: (exchange, target) => (queryFlag(exchange.query, 'watch') ? watch : list)(exchange, target),
  POST: create,
  DELETE: removeCollection,
};
/** All namespaces cannot be deleted at once. */
const NAMESPACES: Methods = { GET: COLLECTION['GET'], POST: create };
const OBJECT: Methods = { GET: get, PUT: update, PATCH: patch, DELETE: remove };
const SUBRESOURCES: Readonly<Record<string, Methods>> = {
  status: { GET: get, PUT: update, PATCH: patch },
  scale: { GET: getScale, PUT: updateScale, PATCH: patchScale },
  binding: { POST: bind },
  eviction: { POST: evict },
  log: { GET: log },
  // GET opens a WebSocket, POST is how older clients ask for SPDY.
  exec: { GET: exec, POST: exec },
  attach: { GET: attach, POST: attach },
  portforward: { GET: portForward, POST: portForward },
  proxy: { ALL: proxy },
};

/** Throws 405 MethodNotAllowed. */
export function handlerOf(method: string, target: ResourceRequest): Handler {
  const methods = methodsOf(target);
  const handler = methods[method] ?? methods['ALL'];
  if (handler === undefined) throw methodNotAllowed();
  return handler;
}

function methodsOf({ resource, name, subresource }: ResourceRequest): Methods {
  if (subresource !== undefined) return SUBRESOURCES[subresource]!;
  if (name === undefined && resource.plural === 'namespaces') return NAMESPACES;
  return name === undefined ? COLLECTION : OBJECT;
}
