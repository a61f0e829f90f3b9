/** Lists that clients read in pages: `limit` and `continue`. */
import { randomUUID } from 'node:crypto';
import { ApiError } from '../../errors.ts';
import { badRequest } from '../../status-errors.ts';
import type { KubeObject } from '../../types.ts';

export interface Page {
  objects: readonly KubeObject[];
  /** Of the whole list: all pages show the same moment. */
  resourceVersion: string;
  /** Asks for the next page; undefined on the last one. */
  continueToken: string | undefined;
  remaining: number;
}

interface Snapshot {
  objects: readonly KubeObject[];
  resourceVersion: string;
  takenAt: number;
}

/** As long as etcd keeps what the API server pages through. */
const KEPT_MILLISECONDS = 5 * 60 * 1000;
const KEPT_SNAPSHOTS = 64;

/**
 * Keeps the lists that have pages left. Objects are frozen and shared with the store, so that a snapshot costs an array.
 */
export class Pages {
  private readonly snapshots = new Map<string, Snapshot>();

  /** The first page: `limit` objects, all when it is 0. */
  first(objects: readonly KubeObject[], resourceVersion: string, limit: number): Page {
    if (limit === 0 || objects.length <= limit) {
      return { objects, resourceVersion, continueToken: undefined, remaining: 0 };
    }
    this.forget();
    const id = randomUUID();
    this.snapshots.set(id, { objects, resourceVersion, takenAt: Date.now() });
    return this.page(id, 0, limit);
  }

  /** The page that a token asks for. Throws 410 Expired when its list is gone, 400 BadRequest when it is no token. */
  next(token: string, limit: number): Page {
    const [id, offset] = decode(token);
    return this.page(id, offset, limit);
  }

  private page(id: string, offset: number, limit: number): Page {
    const snapshot = this.snapshots.get(id);
    if (snapshot === undefined || Date.now() - snapshot.takenAt > KEPT_MILLISECONDS) throw expired();
    const { objects, resourceVersion } = snapshot;
    const end = limit === 0 ? objects.length : Math.min(offset + limit, objects.length);
    const remaining = objects.length - end;
    return {
      objects: objects.slice(offset, end),
      resourceVersion,
      continueToken: remaining > 0 ? encode(id, end) : undefined,
      remaining,
    };
  }

  /** Makes room: what is too old, and the oldest if there are too many. Maps keep the order of insertion. */
  private forget(): void {
    for (const [id, { takenAt }] of this.snapshots) {
      const old = Date.now() - takenAt > KEPT_MILLISECONDS;
      if (old || this.snapshots.size >= KEPT_SNAPSHOTS) this.snapshots.delete(id);
    }
  }
}

function encode(id: string, offset: number): string {
  return Buffer.from(`${id}/${offset}`).toString('base64url');
}

function decode(token: string): [string, number] {
  const [, id, offset] = /^([0-9a-f-]{36})\/(\d+)$/.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  if (id === undefined) throw badRequest('continue key is not valid: illegal base64 data');
  return [id, Number(offset)];
}

function expired(): ApiError {
  return new ApiError(
    'Expired',
    'The provided continue parameter is too old to display a consistent list result. ' +
      'You can start a new list without the continue parameter.',
  );
}
