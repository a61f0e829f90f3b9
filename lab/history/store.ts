/** A run's raw files: written once, read back as the same RunHistory, and known by their checksums. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { Operations } from '../load/operations.ts';
import { readAudit, writeAudit } from './audit-csv.ts';
import { CorruptFile } from './csv.ts';
import type { ClusterEvent, LoadHistory, RunHistory } from './history.ts';
import { readOperations, roundTimes, writeOperations } from './operations-csv.ts';

export const RAW_FILES = {
  run: 'run.json',
  operations: 'operations.csv.gz',
  audit: 'audit.csv.gz',
  events: 'events.ndjson',
} as const;

/** Files that others left beside the history, such as the manifests as they were applied. */
const ATTACHMENTS = 'cluster';

interface FileDigest {
  sha256: string;
  bytes: number;
}

/** Digests by path relative to the run's directory, with forward slashes. */
export type FileDigests = Record<string, FileDigest>;

/**
 * Writes the history into the directory, which is made if need be, and returns the digests of its files and of those in
 * `cluster/`. Rounds the operations' times in place, as roundTimes says.
 */
export async function storeHistory(directory: string, history: RunHistory): Promise<FileDigests> {
  await mkdir(directory, { recursive: true });
  roundTimes(history.phases);
  await writeOperations(join(directory, RAW_FILES.operations), history.phases);
  if (history.audit.rows) await writeAudit(join(directory, RAW_FILES.audit), history.audit.rows);
  const events = history.events.map((event) => `${JSON.stringify(event)}\n`);
  await writeFile(join(directory, RAW_FILES.events), events);
  await writeFile(join(directory, RAW_FILES.run), `${JSON.stringify(withoutTables(history), null, 2)}\n`);
  return digestFiles(directory);
}

/** Everything but the tables, of which only the sizes are kept, so that a shortened table is noticed. */
function withoutTables(history: RunHistory) {
  const { phases, events, audit, ...rest } = history;
  return {
    format: 1,
    ...rest,
    phases: phases.map((phase) => ({
      ...phase,
      loads: phase.loads.map((load) => ({ ...load, operations: load.operations.length })),
    })),
    events: events.length,
    audit: { ...audit, rows: audit.rows?.length ?? null },
  };
}

type StoredRun = ReturnType<typeof withoutTables>;

/** Reads a stored run. Throws CorruptFile, which names the file and what is wrong with it. */
export async function readHistory(directory: string): Promise<RunHistory> {
  const stored = await readRun(directory);
  const { format: _, ...rest } = stored;
  const history: RunHistory = {
    ...rest,
    phases: stored.phases.map((phase) => ({
      ...phase,
      loads: phase.loads.map((load) => ({ ...load, operations: new Operations() })),
    })),
    events: await readEvents(directory, stored.events),
    audit: { ...stored.audit, rows: null },
  };
  await readOperations(join(directory, RAW_FILES.operations), history.phases);
  requireAllOperations(history, stored);
  if (stored.audit.rows !== null) {
    history.audit.rows = await readAudit(join(directory, RAW_FILES.audit), stored.audit.rows);
  }
  return history;
}

async function readRun(directory: string): Promise<StoredRun> {
  const stored = await parsed<StoredRun>(RAW_FILES.run, () => readFile(join(directory, RAW_FILES.run), 'utf8'));
  if (stored.format !== 1) throw new CorruptFile(RAW_FILES.run, `format ${String(stored.format)} is not known`);
  return stored;
}

async function readEvents(directory: string, expected: number): Promise<ClusterEvent[]> {
  const events = await parsed<ClusterEvent[]>(RAW_FILES.events, async () => {
    const text = await readFile(join(directory, RAW_FILES.events), 'utf8');
    return `[${text.trimEnd().replaceAll('\n', ',')}]`;
  });
  if (events.length !== expected) {
    throw new CorruptFile(RAW_FILES.events, `${events.length} events instead of ${expected}`);
  }
  return events;
}

async function parsed<Content>(file: string, text: () => Promise<string>): Promise<Content> {
  try {
    return JSON.parse(await text()) as Content;
  } catch (cause) {
    throw new CorruptFile(file, cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function requireAllOperations(history: RunHistory, stored: StoredRun): void {
  for (const [phaseIndex, phase] of history.phases.entries()) {
    for (const [loadIndex, load] of phase.loads.entries()) {
      const expected = stored.phases[phaseIndex]!.loads[loadIndex]!.operations;
      const where = `load ${load.spec.name} of phase ${phase.name}`;
      if (load.operations.length !== expected) {
        throw new CorruptFile(
          RAW_FILES.operations,
          `${load.operations.length} operations of ${where}, not ${expected}`,
        );
      }
      requireOwnNumbers(load, where);
    }
  }
}

/** Workers that share a load number in turn: where others were lost, the numbers of one are up to so many times its count. */
const MOST_WORKERS = 100;

/** Both are counted from 0, and checkers have arrays with a place for each: a number without bound would fill the memory. */
function requireOwnNumbers({ operations, connectionsOpened }: LoadHistory, where: string): void {
  for (let index = 0; index < operations.length; index += 1) {
    const [seq, connection] = [operations.seq(index), operations.connection(index)];
    const stranger =
      seq >= operations.length * MOST_WORKERS
        ? `operation ${seq} of ${where}, which has ${operations.length}`
        : connection >= connectionsOpened * MOST_WORKERS
          ? `connection ${connection} of ${where}, which has ${connectionsOpened}`
          : undefined;
    if (stranger !== undefined) throw new CorruptFile(RAW_FILES.operations, stranger);
  }
}

/** Digests of the raw files and of what lies in `cluster/`, in order of their names. */
export async function digestFiles(directory: string): Promise<FileDigests> {
  const names = await readdir(directory, { recursive: true, withFileTypes: true });
  const raw = new Set<string>(Object.values(RAW_FILES));
  const files = names
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((file) => raw.has(file) || file.startsWith(`${ATTACHMENTS}/`))
    .sort();
  const digests: FileDigests = {};
  for (const file of files) digests[file] = await digest(join(directory, file));
  return digests;
}

async function digest(path: string): Promise<FileDigest> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return { sha256: hash.digest('hex'), bytes: (await stat(path)).size };
}
