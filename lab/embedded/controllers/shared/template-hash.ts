/** Short hashes for names and labels. */
import { createHash } from 'node:crypto';

/** No vowels, so that no words appear in names (k8s.io/apimachinery rand.SafeEncodeString). */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/**
 * Ten characters or less, made of the value's JSON. `collisionCount` makes another one when the name is taken.
 * Nothing is identified by it: which revision a template belongs to is found by comparing templates, so it does no harm
 * that two equal ones with their members in another order hash differently.
 */
export function templateHash(value: unknown, collisionCount: number | undefined): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([value, collisionCount]))
    .digest();
  const digits = String(digest.readUInt32BE(0));
  return Array.from(digits, (digit) => ALPHABET[digit.charCodeAt(0) % ALPHABET.length]).join('');
}
