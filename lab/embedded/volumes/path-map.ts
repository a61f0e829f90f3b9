/**
 * Where a container's paths really are. A container sees its volumes at their mountPaths; a child process without a
 * mount namespace cannot. So every environment variable and argument that is a path inside a mount is given to the
 * program as the real path, e.g. PGDATA=/var/lib/postgresql/18/docker.
 */
import { join, posix } from 'node:path';

export interface Mount {
  /** In the container. */
  path: string;
  /** On this machine. */
  real: string;
}

export class PathMap {
  /** The most specific first. */
  readonly #mounts: Mount[];
  readonly #used = new Set<Mount>();

  constructor(mounts: readonly Mount[]) {
    this.#mounts = mounts
      .map(({ path, real }) => ({ path: tidy(path), real }))
      .sort((a, b) => b.path.length - a.path.length);
  }

  /** The real path of a path in the container; undefined when no mount holds it. */
  real(path: string): string | undefined {
    const normal = posix.normalize(path);
    const mount = this.#mounts.find((mount) => isWithin(normal, mount.path));
    if (!mount) return undefined;
    this.#used.add(mount);
    return join(mount.real, normal.slice(mount.path.length));
  }

  /** A variable's value: replaced when all of it is a path in a mount. */
  value(value: string): string {
    return value.startsWith('/') ? (this.real(value) ?? value) : value;
  }

  /** An argument: as a value, also after `--option=`. */
  argument(argument: string): string {
    const [, option = '', path] = /^(-{1,2}[\w.-]+=)?(\/.*)$/s.exec(argument) ?? [];
    return path === undefined ? argument : option + this.value(path);
  }

  /** Whether anything so far named a path in the mount at `path`. */
  isUsed(path: string): boolean {
    const normal = tidy(path);
    return [...this.#used].some((mount) => mount.path === normal);
  }
}

function tidy(path: string): string {
  return posix.normalize(path).replace(/(?<=.)\/$/, '');
}

function isWithin(path: string, mountPath: string): boolean {
  return path === mountPath || path.startsWith(mountPath === '/' ? '/' : `${mountPath}/`);
}
