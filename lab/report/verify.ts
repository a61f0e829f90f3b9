/** Checks a stored report from its own files: recomputes everything from the raw ones and names what differs. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CorruptFile } from '../history/csv.ts';
import { digestFiles, readHistory } from '../history/store.ts';
import { buildReport } from './build.ts';
import { differingPaths } from './differing-paths.ts';
import type { ReportModel } from './model.ts';
import { REPORT_JSON, renderReport } from './render.ts';
import { readReport } from './stored.ts';

export interface Verification {
  directory: string;
  /** Whether nothing differs. */
  agrees: boolean;
  problems: Problem[];
  /** How many files and values were compared. */
  files: number;
  values: number;
}

interface Problem {
  file: string;
  problem: string;
}

/** Never throws for what the files hold; only for a directory that cannot be read at all. */
export async function verifyStored(directory: string): Promise<Verification> {
  const problems: Problem[] = [];
  const stored = await noting(problems, () => readReport(directory));
  if (stored) await compareDigests(directory, stored, problems);
  const history = await noting(problems, () => readHistory(directory));
  if (!stored || !history) return { directory, agrees: false, problems, files: 0, values: 0 };

  const recomputed = buildReport(history, stored.rawFiles);
  for (const difference of differingPaths(stored, recomputed))
    problems.push({ file: REPORT_JSON, problem: difference });
  const rendered = renderReport(recomputed);
  for (const [file, expected] of rendered) await compareFile(directory, file, expected, problems);
  return {
    directory,
    agrees: problems.length === 0,
    problems,
    files: Object.keys(stored.rawFiles).length + rendered.size,
    values: Object.keys(stored.metrics).length,
  };
}

async function noting<Content>(problems: Problem[], read: () => Promise<Content>): Promise<Content | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof CorruptFile)) throw error;
    problems.push({ file: error.file, problem: error.message.slice(error.file.length + 2) });
    return undefined;
  }
}

async function compareDigests(directory: string, stored: ReportModel, problems: Problem[]): Promise<void> {
  const actual = await digestFiles(directory);
  for (const [file, expected] of Object.entries(stored.rawFiles)) {
    const found = actual[file];
    if (!found) problems.push({ file, problem: 'it is missing' });
    else if (found.sha256 !== expected.sha256) {
      problems.push({ file, problem: `sha256 is ${found.sha256}, the report was made from ${expected.sha256}` });
    }
  }
}

/** The differing values of report.json have been named one by one already. */
async function compareFile(directory: string, file: string, expected: string, problems: Problem[]): Promise<void> {
  if (file === REPORT_JSON) return;
  const actual = await readFile(join(directory, file), 'utf8').catch(() => undefined);
  if (actual === undefined) {
    problems.push({ file, problem: 'it is missing' });
  } else if (actual !== expected) {
    const lines = actual.split('\n');
    const line = expected.split('\n').findIndex((text, index) => text !== lines[index]) + 1;
    problems.push({ file, problem: `line ${line || lines.length} is not what the raw files give` });
  }
}

/** One string per line. */
export function verificationLines({ directory, agrees, problems, files, values }: Verification): string[] {
  if (agrees) return [`${directory}: ${files} files and ${values} values agree with the raw record`];
  return [`${directory}: differs`, ...problems.map(({ file, problem }) => `  ${file}: ${problem}`)];
}
