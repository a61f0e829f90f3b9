/** The embedded lab's state file, and whether the process it names still lives. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reapOrphans } from '../embedded/kubelet/reap.ts';
import { isProcessOfLab } from '../embedded/process-identity.ts';

export interface LabState {
  labId: string;
  pid: number;
  /** RFC 3339. */
  startedAt: string;
  profile: string;
  /** The API's address; missing while the lab is being brought up. */
  url?: string;
}

/** Undefined when there is none, or when what is there is no state file (a torn write of a lab that died). */
export async function readState(directory: string): Promise<LabState | undefined> {
  const text = await readFile(join(directory, 'lab.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as LabState;
  } catch {
    return { labId: '', pid: 0, startedAt: '', profile: '' };
  }
}

/** Process ids are used again: it must also be this lab's process, or the command that is bringing this lab up. */
export async function isAlive(state: LabState): Promise<boolean> {
  if (state.pid === 0) return false;
  return state.url === undefined ? isRunning(state.pid) : isProcessOfLab(state.pid, state.labId);
}

/** Kills what a dead lab left running; answers a line for each thing done. */
export async function reapRemains(directory: string, labId: string): Promise<string[]> {
  return reapOrphans(directory, labId === '' ? undefined : labId);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
