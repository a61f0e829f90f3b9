/** A host with recorded answers, for tests. */
import type { CommandResult, Host } from './check.ts';

export interface Recorded extends Partial<Omit<Host, 'run' | 'readFile' | 'accepts'>> {
  /** By command line; a string is what a successful command printed. */
  commands?: Record<string, string | CommandResult>;
  files?: Record<string, string>;
  /** `address:port` of those who accept connections. */
  listeners?: string[];
}

const MISSING: CommandResult = { exitCode: null, stdout: '', stderr: '' };

export function recordedHost({ commands = {}, files = {}, listeners = [], ...rest }: Recorded = {}): Host {
  return {
    platform: 'linux',
    architecture: 'x64',
    freeMemoryBytes: 16 * 2 ** 30,
    environment: {},
    hypervisor: 'virtualbox',
    freeDiskBytes: async () => 100 * 2 ** 30,
    ...rest,
    async run(command, ...args) {
      const answer = commands[[command, ...args].join(' ')] ?? MISSING;
      return typeof answer === 'string' ? { exitCode: 0, stdout: answer, stderr: '' } : answer;
    },
    readFile: async (path) => files[path],
    accepts: async (address, port) => listeners.includes(`${address}:${port}`),
  };
}
