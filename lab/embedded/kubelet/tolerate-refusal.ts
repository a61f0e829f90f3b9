import { ApiError } from '../api/errors.ts';

/**
 * Does what is done again anyway, at the next heartbeat or change. When the API refuses it, that is written to the
 * cluster's log, and the node goes on: a namespace that is being deleted must not take the cluster down.
 */
export function tolerateRefusal(what: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    console.error(`kubelet: ${what}: ${error.message}`);
  }
}
