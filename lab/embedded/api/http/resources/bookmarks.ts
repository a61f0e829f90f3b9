/** Bookmarks keep a quiet watch's version young, so that it can be resumed after the history has moved on. */
import type { ObjectClient } from '../../object-client.ts';
import type { WatchStream } from './watch-stream.ts';

const INTERVAL_MILLISECONDS = 60_000;
/** Long after the turn of the event loop in which the events of a write are delivered. */
const SETTLED_MILLISECONDS = 100;

const INITIAL_EVENTS_END = { 'k8s.io/initial-events-end': 'true' };

/** Sends a bookmark every minute, and at once when the client waits for the end of the initial events. */
export function keepBookmarking(client: ObjectClient, stream: WatchStream, initialEventsEnd: boolean): void {
  if (initialEventsEnd) stream.sendBookmark(stream.version, INITIAL_EVENTS_END);
  const timer = setInterval(() => {
    const version = client.resourceVersion();
    // A bookmark says that nothing up to its version is outstanding: what was written just now may still be.
    setTimeout(() => sendSettled(stream, version), SETTLED_MILLISECONDS);
  }, INTERVAL_MILLISECONDS);
  stream.onceEnded(() => clearInterval(timer));
}

function sendSettled(stream: WatchStream, version: string): void {
  stream.sendBookmark(Number(version) > Number(stream.version) ? version : stream.version);
}
