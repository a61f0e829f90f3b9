/** Whether a process id still belongs to a lab: ids are used again, and nothing of anybody else may be killed. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** True when the process exists and carries LAB_ID=labId in its environment. */
export async function isProcessOfLab(pid: number, labId: string): Promise<boolean> {
  return (await environmentOf(pid)).includes(`LAB_ID=${labId}`);
}

/** `NAME=value` strings; empty for a process that has ended (a zombie's environment is empty too) or is not ours to read. */
async function environmentOf(pid: number): Promise<string[]> {
  if (process.platform === 'linux') {
    const environ = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    return environ.split('\0');
  }
  const { stdout } = await promisify(execFile)('ps', ['eww', '-o', 'command=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }));
  return stdout.split(/\s+/);
}
