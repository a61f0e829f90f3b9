/** Manifests on disk: read in the order of their file names, as `kubectl apply -f` takes them. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LineCounter, parseAllDocuments } from 'yaml';
import { UsageError } from '../exit-codes.ts';
import type { KubeObject } from './objects.ts';

export interface Manifest {
  /** File name within the directory, and number of the document in it, from 1. */
  file: string;
  document: number;
  object: KubeObject;
}

/** Throws UsageError that names every document that is not a Kubernetes object. */
export async function loadManifests(directory: string): Promise<Manifest[]> {
  const files = await manifestFiles(directory);
  const problems: string[] = [];
  const manifests: Manifest[] = [];
  for (const file of files) {
    const text = await readFile(join(directory, file), 'utf8');
    manifests.push(...parseManifests(file, text, problems));
  }
  if (problems.length > 0) throw new UsageError(`the manifests cannot be used:\n  ${problems.join('\n  ')}`);
  return manifests;
}

function parseManifests(file: string, text: string, problems: string[]): Manifest[] {
  const lineCounter = new LineCounter();
  const manifests: Manifest[] = [];
  for (const [index, document] of [...parseAllDocuments(text, { lineCounter })].entries()) {
    const where = `${file}, document ${index + 1}`;
    for (const error of document.errors) {
      const { line, col } = lineCounter.linePos(error.pos[0]);
      problems.push(`${where}, line ${line}, column ${col}: ${error.message.split('\n')[0]!}`);
    }
    if (document.errors.length > 0) continue;
    const object: unknown = document.toJS();
    if (object === null) continue;
    const problem = problemOf(object);
    if (problem === undefined) manifests.push({ file, document: index + 1, object: object as KubeObject });
    else problems.push(`${where}: ${problem}`);
  }
  return manifests;
}

/** One digest over all manifest files: names and contents, in order. */
export async function digestManifests(directory: string): Promise<string> {
  const hash = createHash('sha256');
  for (const file of await manifestFiles(directory)) {
    const content = await readFile(join(directory, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/** Throws UsageError when the directory cannot be read or holds no manifest. */
async function manifestFiles(directory: string): Promise<string[]> {
  const entries = await readdir(directory).catch((error: Error) => {
    throw new UsageError(`cannot read the manifests: ${error.message}`);
  });
  const files = entries.filter((name) => /\.(ya?ml|json)$/.test(name)).toSorted();
  if (files.length === 0) throw new UsageError(`no manifests (*.yaml) in ${directory}`);
  return files;
}

function problemOf(object: unknown): string | undefined {
  if (typeof object !== 'object' || object === null || Array.isArray(object)) return 'not a mapping';
  const { apiVersion, kind, metadata } = object as Record<string, unknown>;
  if (typeof apiVersion !== 'string') return 'apiVersion is missing';
  if (typeof kind !== 'string') return 'kind is missing';
  const name = (metadata as { name?: unknown } | undefined)?.name;
  return typeof name === 'string' ? undefined : 'metadata.name is missing';
}
