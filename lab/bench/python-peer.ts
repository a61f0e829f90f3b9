/** Python packages for a peer, in an environment that is thrown away. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export type PythonPeer = { interpreter: string } | { missing: string };

/** Resolves with the reason when there is no Python, or its packages cannot be had; takes about a minute. */
export async function installPythonPeer(directory: string, requirements: string): Promise<PythonPeer> {
  const environment = join(directory, 'python');
  const interpreter = join(environment, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  try {
    await run('python3', ['-m', 'venv', environment]);
    await run(interpreter, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]);
    return { interpreter };
  } catch (error) {
    return { missing: (error as Error).message.trim().split('\n').at(-1) ?? String(error) };
  }
}
