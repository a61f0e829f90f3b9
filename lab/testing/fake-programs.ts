/** Programs on PATH that record how they were called and do what a test says: for tools that are not on every machine. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FIELD_SEPARATOR = '\u001f';

export interface FakePrograms {
  /** A PATH with the fakes, and with nothing else but what the tests' own machinery needs. */
  path: string;
  /** Program and arguments of each call since the last time, in order. */
  calls: () => string[][];
}

/** `programs`: what each does, in shell; `$@` is what it was called with. */
export function fakePrograms(
  directory: string,
  programs: Record<string, string>,
  needed: readonly string[] = ['sh', 'tar', 'cp', 'cat'],
): FakePrograms {
  const log = join(directory, 'calls');
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  for (const tool of needed) {
    symlinkSync(execFileSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim(), join(directory, tool));
  }
  for (const [name, body] of Object.entries(programs)) {
    const record = `{ printf '%s' ${name}; for word; do printf '\\037%s' "$word"; done; echo; } >>'${log}'`;
    writeFileSync(join(directory, name), `#!/bin/sh\n${record}\n${body}\n`, { mode: 0o755 });
  }
  return {
    path: directory,
    calls: () => {
      if (!existsSync(log)) return [];
      const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
      rmSync(log);
      return lines.map((line) => line.split(FIELD_SEPARATOR));
    },
  };
}
