/** Which processes a pod has started, kept on disk so that a later command can find those of a lab that died. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listing } from '../listing.ts';
import { findProcess } from './process-table.ts';

export interface ProcessRecord {
  pid: number;
  /** As in ProcessRow. */
  startTime: string;
  /** The file that holds this. */
  file: string;
}

const FOLDER = 'processes';

/** Returns the function that removes the record once the process has ended. */
export function recordProcess(podDirectory: string, pid: number): () => void {
  const folder = join(podDirectory, FOLDER);
  const file = join(folder, String(pid));
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, findProcess(pid)?.startTime ?? '');
  return () => rmSync(file, { force: true });
}

export function readProcessRecords(podDirectory: string): ProcessRecord[] {
  const folder = join(podDirectory, FOLDER);
  return listing(folder).map((name) => {
    const file = join(folder, name);
    return { pid: Number(name), startTime: readFileSync(file, 'utf8'), file };
  });
}
