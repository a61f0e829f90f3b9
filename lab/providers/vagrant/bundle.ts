/** Making a bundle of what the machines have, and checking that one is whole. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { LabError, UsageError } from '../../exit-codes.ts';
import { labDirectory } from '../../project.ts';
import { loadClusterFile } from '../cluster-file.ts';
import { controlPlaneNode } from './kubeadm-config.ts';
import { Machine } from './machine.ts';
import { runStages } from './stage.ts';

const REMOTE_BUNDLE = '/var/lib/lab/bundle';

/** Answers the listing, a line a file. Throws UsageError for a directory that is not empty, LabError when it is not whole. */
export async function collectBundle(
  directory: string,
  { say, signal }: { say: (line: string) => void; signal: AbortSignal },
): Promise<string[]> {
  const target = resolve(directory);
  const present = await readdir(target).catch(() => []);
  if (present.length > 0) throw new UsageError(`${target} is not empty`);
  const state = join(labDirectory(), 'vagrant');
  const machine = new Machine(controlPlaneNode(await loadClusterFile()).name, join(state, 'ssh-config'));
  const stage = {
    name: 'bundle',
    run: async (options: (name: string) => Parameters<Machine['download']>[2]) => {
      await machine.script('bundle.sh', ['collect', REMOTE_BUNDLE], options(machine.name));
      await machine.download(REMOTE_BUNDLE, target, options(machine.name));
      await machine.run(['sudo', 'rm', '-rf', REMOTE_BUNDLE], options(machine.name));
    },
  };
  await runStages([stage], { say, signal, logDirectory: join(state, 'logs') });
  return listing(target);
}

/** Size, SHA-256 and name of every file, each checked against SHA256SUMS. Throws LabError with all that differ. */
export async function listing(bundle: string): Promise<string[]> {
  const sums = await readFile(join(bundle, 'SHA256SUMS'), 'utf8');
  const entries = parseSums(sums);
  const lines: string[] = [];
  const wrong: string[] = [];
  for (const { sha256, name } of entries) {
    const path = join(bundle, name);
    const size = (await stat(path).catch(() => undefined))?.size;
    if (size === undefined || (await digest(path)) !== sha256) wrong.push(name);
    else lines.push(`${String(size).padStart(12)}  ${sha256}  ${name}`);
  }
  if (wrong.length > 0) throw new LabError(`missing or damaged in ${bundle}: ${wrong.join(', ')}`);
  return lines;
}

/** Of sha256sum's format. */
function parseSums(text: string): { sha256: string; name: string }[] {
  return [...text.matchAll(/^([0-9a-f]{64}) [ *](.+)$/gm)].map((match) => ({ sha256: match[1]!, name: match[2]! }));
}

async function digest(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
