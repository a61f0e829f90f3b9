/**
 * Each program as the root of an image: `PROGRAM/app/server.js`, with the files beside it that it reads at run time.
 * One JavaScript file a program, the same for every architecture. Modes and times are fixed and nothing tells where the
 * project lies, so that the same sources give the same layers anywhere.
 */
import { cp, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from '../exit-codes.ts';
import { PROJECT_DIRECTORY, projectPath } from '../project.ts';
import { fixTimes } from './fixed-times.ts';
import { LOAD_WORKER, PROGRAMS, type Program } from './names.ts';

/** What is in the directory before goes. Throws LabError when the sources cannot be bundled. */
export async function bundleServices(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  for (const program of PROGRAMS) {
    const app = join(directory, program, 'app');
    await mkdir(app, { recursive: true });
    await bundle(program, join(app, 'server.js'));
    await writeFile(join(app, 'package.json'), '{"type":"module"}\n');
    await copyIfThere(projectPath('services', program, 'migrations'), join(app, 'migrations'));
  }
  await fixTimes(directory);
}

async function bundle(program: Program, outfile: string): Promise<void> {
  const { build } = await import('esbuild');
  try {
    await build({
      absWorkingDir: PROJECT_DIRECTORY,
      entryPoints: [entryOf(program)],
      outfile,
      bundle: true,
      platform: 'node',
      target: 'node22',
      format: 'esm',
      // Some dependencies are CommonJS and require Node's own modules.
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
      external: ['pg-native'],
      logLevel: 'silent',
    });
  } catch (error) {
    throw new LabError(`${program} cannot be bundled: ${(error as Error).message}`, { cause: error });
  }
}

function entryOf(program: Program): string {
  return program === LOAD_WORKER
    ? projectPath('lab', 'load', 'in-cluster', 'main.ts')
    : projectPath('services', program, 'server.ts');
}

async function copyIfThere(from: string, to: string): Promise<void> {
  const isThere = await stat(from).then(
    () => true,
    () => false,
  );
  if (isThere) await cp(from, to, { recursive: true });
}
