/**
 * The cluster's addresses that could not be bound as they are, and where they really are.
 * Normally empty. Pods read the file (preload.ts), the components of the cluster ask resolve().
 */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SocketAddress } from './network.ts';

export interface Translations {
  /** Path of the file: a JSON object `{"ADDRESS:PORT": "HOST:PORT"}`. */
  readonly path: string;
  /** Where `address:port` really is; itself when it is not translated. */
  resolve: (address: string, port: number) => SocketAddress;
  /** Notes that `address:port` is at `real`; forgets an earlier translation when they are the same. */
  set(address: string, port: number, real: SocketAddress): void;
  delete(address: string, port: number): void;
  /** All of them, as in the file. */
  entries(): Record<string, string>;
  /** Removes the file. */
  close(): void;
}

/** Starts with an empty file in `directory`, which is made if missing. */
export function createTranslations(directory: string): Translations {
  const path = join(directory, 'translations.json');
  const table = new Map<string, SocketAddress>();
  const entries = () => Object.fromEntries([...table].map(([from, to]) => [from, `${to.host}:${to.port}`]));
  // Renamed into place: a pod that reads at this moment sees the old file or the new one, never half of it.
  const save = () => {
    writeFileSync(`${path}.new`, JSON.stringify(entries()));
    renameSync(`${path}.new`, path);
  };
  mkdirSync(directory, { recursive: true });
  save();
  return {
    path,
    resolve: (address, port) => table.get(`${address}:${port}`) ?? { host: address, port },
    set(address, port, real) {
      const key = `${address}:${port}`;
      const known = table.get(key);
      if (real.host === address && real.port === port) {
        if (table.delete(key)) save();
      } else if (known?.host !== real.host || known.port !== real.port) {
        table.set(key, real);
        save();
      }
    },
    delete(address, port) {
      if (table.delete(`${address}:${port}`)) save();
    },
    entries,
    close: () => rmSync(path, { force: true }),
  };
}
