/** Whom PostgreSQL runs as: it refuses to run as root, so root has to lend it another user's name. */
import { execFileSync, spawnSync } from 'node:child_process';
import { lchownSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Account {
  /** Words to put before a command. */
  prefix: readonly string[];
  /** The user to switch to; undefined when `prefix` does it, or nothing is to be switched. */
  switchTo: Ids | undefined;
  /** The user that the data must belong to. */
  owner: Ids;
  name: string;
}

interface Ids {
  uid: number;
  gid: number;
}

/**
 * The present user, or for root `postgres` if there is such a user, else `nobody`. Through setpriv, where it works, that
 * user keeps the one capability to pass directories of others (CAP_DAC_OVERRIDE), so that a checkout below a closed
 * directory such as /root will do. no_setuid_fixup keeps access(2), by which PostgreSQL looks for its own
 * program, from leaving that capability out of account.
 */
export function postgresAccount(): Account {
  const ids = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  if (ids.uid !== 0 || process.platform === 'win32') {
    return { prefix: [], switchTo: undefined, owner: ids, name: `uid ${ids.uid}` };
  }
  const name = ['postgres', 'nobody'].find((user) => lookUp('-u', user) !== undefined);
  if (name === undefined) throw new Error('PostgreSQL does not run as root, and there is no user postgres or nobody');
  const owner = { uid: lookUp('-u', name)!, gid: lookUp('-g', name)! };
  const prefix = setpriv(owner);
  const works = spawnSync(prefix[0]!, [...prefix.slice(1), 'true'], { stdio: 'ignore' }).status === 0;
  return works ? { prefix, switchTo: undefined, owner, name } : { prefix: [], switchTo: owner, owner, name };
}

function setpriv({ uid, gid }: Ids): string[] {
  const capability = '-all,+dac_override';
  return [
    'setpriv',
    `--reuid=${uid}`,
    `--regid=${gid}`,
    '--clear-groups',
    `--inh-caps=${capability}`,
    `--ambient-caps=${capability}`,
    `--bounding-set=${capability}`,
    '--securebits=+no_setuid_fixup',
    // Cleared by the change of user, so asked for again: PostgreSQL ends with the cluster's process.
    '--pdeathsig=SIGKILL',
    '--',
  ];
}

/** Throws Error that names the first directory on the way to one of `files` which the account may not enter. */
export function checkReachable(files: readonly string[], { switchTo, name }: Account): void {
  if (switchTo === undefined) return;
  for (const directory of files.flatMap(ancestors)) {
    if (mayEnter(directory, switchTo)) continue;
    throw new Error(
      `PostgreSQL runs as user ${name} here (it refuses to run as root), and that user may not enter ${directory}: ` +
        `run the lab as an ordinary user, move the checkout, or allow it with chmod o+x ${directory}`,
    );
  }
}

/** Makes the data the account's. Throws Error when it is somebody else's and cannot be given away. */
export function takeOver(directory: string, { owner }: Account): void {
  const present = statSync(directory).uid;
  if (present === owner.uid || process.platform === 'win32') return;
  if (process.getuid?.() !== 0) {
    throw new Error(`${directory} belongs to uid ${present}: run the lab as that user, or delete the volume`);
  }
  lchownSync(directory, owner.uid, owner.gid);
  for (const entry of readdirSync(directory, { recursive: true })) {
    lchownSync(join(directory, String(entry)), owner.uid, owner.gid);
  }
}

function lookUp(option: '-u' | '-g', user: string): number | undefined {
  try {
    return Number(execFileSync('id', [option, user], { stdio: ['ignore', 'pipe', 'ignore'] }));
  } catch {
    return undefined;
  }
}

function ancestors(file: string): string[] {
  const parent = dirname(file);
  return parent === file ? [] : [...ancestors(parent), parent];
}

/** Directories that do not exist yet will be made so that one may. */
function mayEnter(directory: string, { uid, gid }: Ids): boolean {
  const stats = statSync(directory, { throwIfNoEntry: false });
  if (!stats) return true;
  if (stats.uid === uid) return (stats.mode & 0o100) !== 0;
  return (stats.mode & (stats.gid === gid ? 0o010 : 0o001)) !== 0;
}
