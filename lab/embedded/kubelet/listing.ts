import { readdirSync } from 'node:fs';

/** Names in a directory; none when it does not exist. */
export function listing(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
