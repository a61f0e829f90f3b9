/** The machine that the doctor runs on. */
import { execFile } from 'node:child_process';
import { readFile, statfs } from 'node:fs/promises';
import { connect } from 'node:net';
import { freemem } from 'node:os';
import { PROJECT_DIRECTORY } from '../project.ts';
import type { CommandResult, Host } from './check.ts';

/** Vagrant takes seconds to start, systeminfo on Windows many more. */
const COMMAND_LIMIT_MS = 30_000;
const CONNECT_LIMIT_MS = 1000;

export async function thisHost(): Promise<Host> {
  return {
    platform: process.platform,
    architecture: process.arch,
    freeMemoryBytes: await availableMemory(),
    environment: process.env,
    hypervisor: process.env['VAGRANT_DEFAULT_PROVIDER'] ?? 'virtualbox',
    run,
    readFile: async (path) => readFile(path, 'utf8').catch(() => undefined),
    async freeDiskBytes(path) {
      const { bavail, bsize } = await statfs(path);
      return bavail * bsize;
    },
    accepts,
  };
}

/** Linux counts caches as used, but gives them up for programs. */
async function availableMemory(): Promise<number> {
  const text = await readFile('/proc/meminfo', 'utf8').catch(() => '');
  const kibibytes = /^MemAvailable:\s+(\d+) kB/m.exec(text)?.[1];
  return kibibytes === undefined ? freemem() : Number(kibibytes) * 1024;
}

function run(command: string, ...args: string[]): Promise<CommandResult> {
  return new Promise((resolve) => {
    const options = { timeout: COMMAND_LIMIT_MS, cwd: PROJECT_DIRECTORY };
    execFile(command, args, options, (error, stdout, stderr) => {
      const code = (error as { code?: unknown } | null)?.code;
      resolve({ exitCode: error === null ? 0 : typeof code === 'number' ? code : null, stdout, stderr });
    });
  });
}

function accepts(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: CONNECT_LIMIT_MS });
    const finish = (answer: boolean) => (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('connect', finish(true));
    socket.on('timeout', finish(false));
    socket.on('error', finish(false));
  });
}
