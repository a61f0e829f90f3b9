/** The one place that writes reports: raw files first, then what was made of them. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RunHistory } from '../history/history.ts';
import { storeHistory } from '../history/store.ts';
import { buildReport } from './build.ts';
import { renderIndex } from './index.ts';
import type { ReportModel } from './model.ts';
import { renderReport } from './render.ts';
import type { Replicates } from './replicates.ts';
import { readReport } from './stored.ts';

export interface WrittenReport {
  /** Where the report is: `<base>/<scenario>/<run-id>`. */
  directory: string;
  outcome: ReportModel['outcome'];
  model: ReportModel;
}

/**
 * Stores the history (and rounds its times in place, see storeHistory), judges it, and writes the report and the index of
 * the base directory. Attachments, by file name, go into `cluster/` of the report's directory and are checksummed too.
 */
export async function writeReport(
  history: RunHistory,
  baseDirectory: string,
  attachments: ReadonlyMap<string, string> = new Map(),
): Promise<WrittenReport> {
  const directory = reportDirectory(history, baseDirectory);
  await writeFiles(join(directory, 'cluster'), attachments);
  const rawFiles = await storeHistory(directory, history);
  const model = buildReport(history, rawFiles);
  await writeFiles(directory, renderReport(model));
  await writeIndex(baseDirectory);
  return { directory, outcome: model.outcome, model };
}

function reportDirectory(history: RunHistory, baseDirectory: string): string {
  return join(baseDirectory, history.scenario.name, history.run.id);
}

/** Renders a stored report anew from its report.json. Throws CorruptFile. */
export async function renderStored(directory: string): Promise<WrittenReport> {
  const model = await readReport(directory);
  await writeFiles(directory, renderReport(model));
  return { directory, outcome: model.outcome, model };
}

/** The summary of several runs, beside them; answers the Markdown file. */
export async function writeReplicates(directory: string, summary: Replicates, markdown: string): Promise<string> {
  const name = join(directory, `${summary.runs[0]!.id}-and-${summary.runs.length - 1}-more`);
  await writeFile(`${name}.json`, `${JSON.stringify(summary, null, 2)}\n`);
  await writeFile(`${name}.md`, markdown);
  return `${name}.md`;
}

async function writeFiles(directory: string, files: ReadonlyMap<string, string>): Promise<void> {
  for (const [file, content] of files) {
    const path = join(directory, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
}

/** Lists every report below the base directory in its README.md. */
async function writeIndex(baseDirectory: string): Promise<void> {
  const entries: { path: string; model: ReportModel }[] = [];
  const unreadable: string[] = [];
  for (const path of await reportPaths(baseDirectory)) {
    try {
      entries.push({ path, model: await readReport(join(baseDirectory, path)) });
    } catch (error) {
      // One broken report must not hide the others.
      unreadable.push(`${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const index = renderIndex(entries, unreadable);
  const file = join(baseDirectory, 'README.md');
  if ((await readFile(file, 'utf8').catch(() => '')) !== index) await writeFile(file, index);
}

async function reportPaths(baseDirectory: string): Promise<string[]> {
  const paths: string[] = [];
  for (const scenario of await directories(baseDirectory)) {
    for (const run of await directories(join(baseDirectory, scenario))) {
      const files = await readdir(join(baseDirectory, scenario, run));
      if (files.includes('report.json')) paths.push(`${scenario}/${run}`);
    }
  }
  return paths;
}

async function directories(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}
