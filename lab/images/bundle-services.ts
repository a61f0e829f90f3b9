/**
 * Each service as the root of an image: `SERVICE/app/server.js`, with the files beside it that it reads at run time.
 * One JavaScript file a service, the same for every architecture. Modes and times are fixed and nothing tells where the
 * project lies, so that the same sources give the same layers anywhere.
 */
import { cp, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from '../exit-codes.ts';
import { PROJECT_DIRECTORY, projectPath } from '../project.ts';
import { fixTimes } from './fixed-times.ts';
import { SERVICES, type Service } from './names.ts';

/** What is in the directory before goes. Throws LabError when the sources cannot be bundled. */
export async function bundleServices(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  for (const service of SERVICES) {
    const app = join(directory, service, 'app');
    await mkdir(app, { recursive: true });
    await bundle(service, join(app, 'server.js'));
    await writeFile(join(app, 'package.json'), '{"type":"module"}\n');
    await copyIfThere(projectPath('services', service, 'migrations'), join(app, 'migrations'));
  }
  await fixTimes(directory);
}

async function bundle(service: Service, outfile: string): Promise<void> {
  const { build } = await import('esbuild');
  try {
    await build({
      absWorkingDir: PROJECT_DIRECTORY,
      entryPoints: [projectPath('services', service, 'server.ts')],
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
    throw new LabError(`${service} cannot be bundled: ${(error as Error).message}`, { cause: error });
  }
}

async function copyIfThere(from: string, to: string): Promise<void> {
  const isThere = await stat(from).then(
    () => true,
    () => false,
  );
  if (isThere) await cp(from, to, { recursive: true });
}
