/**
 * Files of ConfigMap, Secret, downward API and projected volumes, replaced all at once: a reader sees the old state or
 * the new one, never a mixture. Laid out as by Kubernetes (pkg/volume/util/atomic_writer.go), because programs rely on
 * it to notice changes: each name is a link into `..data`, which is a link to a directory that is never changed.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { listing } from '../kubelet/listing.ts';

/** Path inside the volume to what it holds. */
export type FileTree = Map<string, { content: Buffer; mode: number }>;

const DATA = '..data';

/** Makes `directory` hold exactly `files`. Does nothing when it already does. */
export function writeAtomically(directory: string, files: FileTree): void {
  mkdirSync(directory, { recursive: true });
  const current = join(directory, DATA);
  if (existsSync(current) && holds(current, files)) return;
  const old = existsSync(current) ? readlinkSync(current) : undefined;
  const next = mkdtempSync(join(directory, `..${new Date().toISOString().replaceAll(/\W/g, '_')}.`));
  chmodSync(next, 0o755);
  for (const [path, file] of files) writeFile(join(next, path), file);
  symlinkSync(basename(next), join(directory, '..data_tmp'));
  renameSync(join(directory, '..data_tmp'), current);
  linkNames(directory, new Set([...files.keys()].map((path) => path.split('/')[0]!)));
  if (old !== undefined) rmSync(join(directory, old), { recursive: true, force: true });
}

function writeFile(file: string, { content, mode }: { content: Buffer; mode: number }): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  // writeFileSync's own mode is cut down by the umask.
  chmodSync(file, mode);
}

function linkNames(directory: string, names: Set<string>): void {
  for (const name of listing(directory)) {
    if (!name.startsWith('..') && !names.has(name)) rmSync(join(directory, name));
  }
  for (const name of names) {
    if (!existsSync(join(directory, name))) symlinkSync(join(DATA, name), join(directory, name));
  }
}

function holds(directory: string, files: FileTree): boolean {
  const present = listingOfTree(directory);
  return present.length === files.size && present.every((path) => isSame(join(directory, path), files.get(path)));
}

function isSame(file: string, wanted: { content: Buffer; mode: number } | undefined): boolean {
  return (
    wanted !== undefined && (statSync(file).mode & 0o777) === wanted.mode && wanted.content.equals(readFileSync(file))
  );
}

function listingOfTree(directory: string, prefix = ''): string[] {
  return listing(join(directory, prefix)).flatMap((name) => {
    const path = join(prefix, name);
    return statSync(join(directory, path)).isDirectory() ? listingOfTree(directory, path) : [path];
  });
}
