/** Passwords for databases. Alone in its file: whoever brings a cluster up must not wait for the API's client to load. */
import { randomBytes } from 'node:crypto';

/** 192 bits, in characters that need no quoting anywhere. */
export function newPassword(): string {
  return randomBytes(24).toString('base64url');
}
