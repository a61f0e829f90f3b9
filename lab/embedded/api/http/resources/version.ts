/** Which version of the cluster a reader asks for. Only the newest can be shown, which suits all but an exact older one. */
import { ApiError } from '../../errors.ts';
import type { ListQuery } from './list-options.ts';

/** Throws 504 Timeout for a version that is yet to come, 410 Expired for exactly an older one. */
export function checkVersion({ resourceVersion, resourceVersionMatch }: ListQuery, current: string): void {
  if (resourceVersion === undefined || resourceVersion === '0') return;
  if (Number(resourceVersion) > Number(current)) {
    const message = 'Too large resource version';
    throw new ApiError('Timeout', `${message}: ${resourceVersion}, current: ${current}`, {
      causes: [{ reason: 'ResourceVersionTooLarge', message }],
      retryAfterSeconds: 1,
    });
  }
  if (resourceVersionMatch === 'Exact' && resourceVersion !== current) {
    throw new ApiError('Expired', `The resourceVersion for the provided list is too old: ${resourceVersion}`);
  }
}
