/** The lab's lines in a hosts file, between two marks. Text functions are pure; the file is replaced in one step. */
import { chmod, chown, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';

const BEGIN = '# log-lab begin';
const END = '# log-lab end';
const BLOCK = new RegExp(`^${BEGIN}\\r?\\n(?:.*\\n)*?${END}(?:\\r?\\n|$)`, 'gm');

export const HOSTS_FILE =
  process.platform === 'win32' ? String.raw`C:\Windows\System32\drivers\etc\hosts` : '/etc/hosts';

export function withLines(text: string, lines: readonly string[]): string {
  const rest = withoutLines(text);
  const gap = rest === '' || rest.endsWith('\n') ? '' : '\n';
  return `${rest}${gap}${[BEGIN, ...lines, END].join('\n')}\n`;
}

export function withoutLines(text: string): string {
  return text.replaceAll(BLOCK, '');
}

/** False when the change leaves the file as it is. Throws the system's error, with its code. */
export async function changeFile(path: string, change: (text: string) => string): Promise<boolean> {
  const file = await realpath(path);
  const before = await readFile(file, 'utf8');
  const after = change(before);
  if (after === before) return false;
  const { mode, uid, gid } = await stat(file);
  const draft = `${file}.log-lab-${process.pid}`;
  try {
    await writeFile(draft, after, { flag: 'wx', mode });
    await chmod(draft, mode);
    await chown(draft, uid, gid);
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    // In a container the file is a mount of its own, which nothing can take the place of.
    if ((error as NodeJS.ErrnoException).code !== 'EBUSY') throw error;
    await writeFile(file, after);
  }
  return true;
}
