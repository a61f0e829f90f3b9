/** GET of a collection with `watch`: a stream of events. */
import type { WatchEvent } from '../../client.ts';
import { isReason } from '../../errors.ts';
import type { KubeObject } from '../../types.ts';
import type { Exchange } from '../exchange.ts';
import { negotiate, notAcceptable } from '../negotiation.ts';
import type { ResourceRequest } from '../request-info.ts';
import { parseIncludeObject } from '../tables/table.ts';
import { keepBookmarking } from './bookmarks.ts';
import { parseListQuery } from './list-options.ts';
import type { ListQuery } from './list-options.ts';
import { checkVersion } from './version.ts';
import { WatchStream } from './watch-stream.ts';
import type { WatchForm } from './watch-text.ts';

export function watch(exchange: Exchange, target: ResourceRequest): void {
  const { client, response, closing } = exchange;
  const { resource } = target;
  const form = watchForm(exchange);
  const query = parseListQuery(exchange.query, target, true);
  checkVersion({ ...query, resourceVersionMatch: undefined }, client.resourceVersion());
  // From here to the end in one tick: no event falls between the initial ones and those that follow.
  const { initial, version } = startingPoint(exchange, target, query);
  const stream = new WatchStream(response, resource, form, version);
  stream.onceEnded(follow(exchange, target, { ...query, resourceVersion: version }, stream));
  stream.open({ closing, timeoutSeconds: query.timeoutSeconds });
  for (const object of initial) stream.send({ type: 'ADDED', object });
  if (query.allowWatchBookmarks && !stream.ended) keepBookmarking(client, stream, query.sendInitialEvents === true);
}

/** Throws 406: a stream of YAML documents is not offered. */
function watchForm({ request, query }: Exchange): WatchForm {
  const { media, as } = negotiate(request.headers.accept);
  if (media !== 'application/json') throw notAcceptable(['application/json', 'application/json;stream=watch']);
  return as === 'Table' ? { as, includeObject: parseIncludeObject(query.get('includeObject')) } : { as };
}

/** Without a version, or with 0, a watch begins with all there is, unless the client says that it wants none of it. */
function startingPoint(
  { client }: Exchange,
  { resource }: ResourceRequest,
  { resourceVersion, sendInitialEvents, selection }: ListQuery,
): { initial: readonly KubeObject[]; version: string } {
  const unversioned = resourceVersion === undefined || resourceVersion === '0';
  const all = sendInitialEvents ?? unversioned;
  if (!all && !unversioned) return { initial: [], version: resourceVersion };
  return { initial: all ? client.list(resource.plural, selection) : [], version: client.resourceVersion() };
}

/** A version that the history does not reach back to ends the stream instead of refusing the request. */
function follow(
  { client }: Exchange,
  { resource }: ResourceRequest,
  { selection, resourceVersion }: ListQuery,
  stream: WatchStream,
): () => void {
  const send = (event: WatchEvent<KubeObject>): void => stream.send(event);
  try {
    return client.watch(resource.plural, { ...selection, resourceVersion }, send);
  } catch (error) {
    if (!isReason(error, 'Expired')) throw error;
    stream.fail(error);
    return () => {};
  }
}
