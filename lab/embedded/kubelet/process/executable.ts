/** Finds programs, so that a missing one is reported in the words of a container runtime. */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';

/** The program that `name` means with this PATH and working directory. Throws Error with the runtime's message. */
export function findExecutable(name: string, path: string, directory: string): string {
  if (name.includes('/') || isAbsolute(name)) {
    const file = resolve(directory, name);
    if (!exists(file)) throw new Error(`exec: "${name}": stat ${name}: no such file or directory`);
    if (!isExecutable(file)) throw new Error(`exec: "${name}": permission denied`);
    return file;
  }
  const suffixes = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  const files = path.split(delimiter).flatMap((entry) => suffixes.map((suffix) => join(entry, name + suffix)));
  const found = files.find(isExecutable);
  if (found === undefined) throw new Error(`exec: "${name}": executable file not found in $PATH`);
  return found;
}

function exists(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false }) !== undefined;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
