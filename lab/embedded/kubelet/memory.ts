/**
 * Enforces memory limits, which on a real node the kernel's cgroups do. Limits on CPU are not enforced: without cgroups
 * there is nothing that could throttle a process.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { processTable, processTree } from './process/process-table.ts';

const SAMPLE_INTERVAL_MS = 1000;

export interface MemoryWatch {
  /** Calls `exceeded` once when the process at `root` and what belongs to it use more. Returns the function that ends it. */
  watch(root: number, limitBytes: number, exceeded: (usedBytes: number) => void): () => void;
  stop(): void;
}

interface Watched {
  root: number;
  limitBytes: number;
  exceeded: (usedBytes: number) => void;
}

export function createMemoryWatch(intervalMs: number = SAMPLE_INTERVAL_MS): MemoryWatch {
  const watched = new Set<Watched>();
  const timer = setInterval(() => {
    if (watched.size === 0) return;
    const table = processTable();
    const sizes = process.platform === 'linux' ? undefined : residentSizes();
    for (const entry of watched) {
      const pids = processTree(table, entry.root).map(({ pid }) => pid);
      const used = sizes ? Math.max(0, ...pids.map((pid) => sizes.get(pid) ?? 0)) : linuxMemory(pids);
      if (used <= entry.limitBytes) continue;
      watched.delete(entry);
      entry.exceeded(used);
    }
  }, intervalMs);
  timer.unref();
  return {
    watch: (root, limitBytes, exceeded) => {
      const entry = { root, limitBytes, exceeded };
      watched.add(entry);
      return () => void watched.delete(entry);
    },
    stop: () => clearInterval(timer),
  };
}

/**
 * What a cgroup would charge and could not reclaim: the anonymous memory of all, and shared memory once. Adding up
 * resident sizes instead would count PostgreSQL's shared buffers once for each connection.
 */
function linuxMemory(pids: readonly number[]): number {
  const uses = pids.map(readUse);
  return sum(uses.map(({ anonymous }) => anonymous)) + Math.max(0, ...uses.map(({ shared }) => shared));
}

/** proc_pid_status(5); zero for a process that has just ended. */
function readUse(pid: number): { anonymous: number; shared: number } {
  let status = '';
  try {
    status = readFileSync(`/proc/${pid}/status`, 'latin1');
  } catch {
    // Ended since the table was read.
  }
  const bytes = (field: string): number =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024;
  return { anonymous: bytes('RssAnon'), shared: bytes('RssShmem') };
}

/**
 * `ps` does not tell shared from private memory, so elsewhere only the largest process is held against the limit: a
 * lower bound, which kills nothing that Kubernetes would let live.
 */
function residentSizes(): Map<number, number> {
  const output = execFileSync('ps', ['-ax', '-o', 'pid=', '-o', 'rss='], { encoding: 'utf8' });
  const rows = output
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  return new Map(rows.map(([pid, kibibytes]) => [pid!, kibibytes! * 1024]));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
