/** The answers of a real cluster, kept beside the suite: one file for each group. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Answer } from './case.ts';

export interface Recorded {
  /** Of the API server that answered, like `v1.37.2`. */
  kubernetesVersion: string;
  /** Of the kubectl that asked; missing where none did. */
  kubectlVersion?: string;
  /** By the name of the case. */
  answers: Record<string, Answer>;
}

const HEADER = ` Answers of a real cluster, normalised. Recorded with:
   KUBECONFIG_REAL=/path/to/kubeconfig npm run test:fidelity -- --record`;

function fileOf(group: string): string {
  return join(import.meta.dirname, 'recorded', `${group}.yaml`);
}

/** Undefined when the group was never recorded. */
export function readRecorded(group: string): Recorded | undefined {
  const file = fileOf(group);
  return existsSync(file) ? (parse(readFileSync(file, 'utf8')) as Recorded) : undefined;
}

export function writeRecorded(group: string, recorded: Recorded): void {
  mkdirSync(join(import.meta.dirname, 'recorded'), { recursive: true });
  const comment = HEADER.replaceAll(/^/gm, '#');
  writeFileSync(fileOf(group), `${comment}\n${stringify(recorded, { lineWidth: 0, aliasDuplicateObjects: false })}`);
}
