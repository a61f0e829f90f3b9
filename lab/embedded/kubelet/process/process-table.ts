/** The machine's processes, read afresh on each call: from /proc on Linux, from `ps` elsewhere. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessRow {
  pid: number;
  parent: number;
  group: number;
  /** Opaque; together with the pid it tells a process from a later one with the same pid. */
  startTime: string;
}

export function processTable(): ProcessRow[] {
  return process.platform === 'linux' ? readProc() : readPs(['-ax']);
}

/** Undefined when there is no such process (a zombie counts as gone). */
export function findProcess(pid: number): ProcessRow | undefined {
  return process.platform === 'linux' ? readStat(pid) : readPs(['-p', String(pid)])[0];
}

/**
 * `root`, all that descend from it, and the rest of its process group. The group alone is not enough: every backend of
 * PostgreSQL calls setsid() and so leaves the group. Descent alone is not either: orphans are adopted by process 1.
 */
export function processTree(table: readonly ProcessRow[], root: number): ProcessRow[] {
  const members = new Set<number>();
  let grown: boolean;
  do {
    grown = false;
    for (const row of table) {
      if (members.has(row.pid)) continue;
      if (row.pid !== root && row.group !== root && !members.has(row.parent)) continue;
      members.add(row.pid);
      grown = true;
    }
  } while (grown);
  return table.filter(({ pid }) => members.has(pid));
}

function readProc(): ProcessRow[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => readStat(Number(pid))).filter((row) => row !== undefined);
}

/** proc_pid_stat(5). The second field is the program's name in parentheses and may hold anything, also parentheses. */
function readStat(pid: number): ProcessRow | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, parent, group] = fields;
  if (state === 'Z' || state === 'X') return undefined;
  return { pid, parent: Number(parent), group: Number(group), startTime: fields[19]! };
}

/** One option for each: in BSD's `ps` what follows an equals sign is a heading up to the end of the option. */
const COLUMNS = ['pid=', 'ppid=', 'pgid=', 'stat=', 'lstart='].flatMap((column) => ['-o', column]);

function readPs(selection: string[]): ProcessRow[] {
  let output: string;
  try {
    output = execFileSync('ps', [...selection, ...COLUMNS], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    // `ps -p` exits with 1 when there is no such process.
    return [];
  }
  return output.split('\n').flatMap((line) => {
    const [pid, parent, group, state, ...started] = line.trim().split(/\s+/);
    if (!state || state.startsWith('Z')) return [];
    return [{ pid: Number(pid), parent: Number(parent), group: Number(group), startTime: started.join(' ') }];
  });
}
