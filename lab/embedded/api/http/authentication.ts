/** Who may speak to the API: whoever holds the token. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ApiError } from '../errors.ts';

/** Who the holder of the token is: the administrator that kubeadm's kubeconfig stands for. */
export const USER = {
  username: 'kubernetes-admin',
  groups: ['kubeadm:cluster-admins', 'system:authenticated'],
} as const;

/** Makes the check for one token. It throws 401 Unauthorized unless the request carries it. */
export function authenticator(token: string): (request: IncomingMessage) => void {
  const expected = digest(token);
  return (request) => {
    const given = /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (!timingSafeEqual(digest(given), expected)) throw new ApiError('Unauthorized', 'Unauthorized');
  };
}

/** Equal lengths for the comparison, whatever was sent. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
