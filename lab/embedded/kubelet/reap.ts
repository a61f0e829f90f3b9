/** Finds and kills the pods' processes that a lab which died has left running. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isProcessOfLab } from '../process-identity.ts';
import { listing } from './listing.ts';
import { readProcessRecords, type ProcessRecord } from './process/process-records.ts';
import { findProcess, processTable, processTree, type ProcessRow } from './process/process-table.ts';
import { sendSignal } from './process/signals.ts';

/** SIGKILL cannot be refused, but a process in an uninterruptible wait dies late. */
const DEATH_LIMIT_MS = 5000;

/**
 * Kills what is left of the pods in `directory` (a lab's state directory). Process ids are used again, so a process is
 * only killed if it started when the record says, or if `labId` is given and it carries that LAB_ID.
 * Resolves with a line for each pod of which something was killed.
 */
export async function reapOrphans(directory: string, labId?: string): Promise<string[]> {
  const pods = join(directory, 'pods');
  const lines: string[] = [];
  for (const uid of listing(pods)) {
    const records = readProcessRecords(join(pods, uid));
    const killed = (await Promise.all(records.map((record) => reap(record, labId)))).flat();
    if (killed.length > 0) lines.push(`killed ${killed.length} orphaned processes of pod ${uid}: ${killed.join(', ')}`);
  }
  return lines;
}

async function reap(record: ProcessRecord, labId: string | undefined): Promise<number[]> {
  const orphans = await membersOf(record, labId);
  for (const { pid } of orphans) sendSignal(pid, 'SIGKILL');
  await gone(orphans);
  rmSync(record.file, { force: true });
  return orphans.map(({ pid }) => pid);
}

async function membersOf(record: ProcessRecord, labId: string | undefined): Promise<ProcessRow[]> {
  const tree = processTree(processTable(), record.pid);
  const leader = tree.find(({ pid }) => pid === record.pid);
  if (leader?.startTime === record.startTime) return tree;
  // The leader is gone, or its id is somebody else's by now; its group may still hold some of the pod's processes.
  if (labId === undefined) return [];
  const ours = await Promise.all(tree.map(({ pid }) => isProcessOfLab(pid, labId)));
  return tree.filter((_, index) => ours[index]);
}

async function gone(rows: readonly ProcessRow[]): Promise<void> {
  const deadline = performance.now() + DEATH_LIMIT_MS;
  while (rows.some(({ pid, startTime }) => findProcess(pid)?.startTime === startTime)) {
    if (performance.now() > deadline) throw new Error(`processes ${rows.map(({ pid }) => pid).join(', ')} do not die`);
    await delay(10);
  }
}
