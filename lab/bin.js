// Starts the command line on the project's own Node: `npm run` finds it by itself, but somebody may call this file with whatever
// Node the machine has, and an old one cannot even read the TypeScript sources. Plain JavaScript for that reason.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major > 22 || (major === 22 && minor >= 18)) {
  nodeModule.enableCompileCache?.(join(here, '..', 'node_modules', '.cache', 'log-lab'));
  await import('./cli.ts');
} else {
  const pinned = join(here, '..', 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
  if (existsSync(pinned) && process.env.LAB_RELAUNCHED === undefined) {
    const result = spawnSync(pinned, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
      stdio: 'inherit',
      env: { ...process.env, LAB_RELAUNCHED: '1' },
      shell: process.platform === 'win32',
    });
    process.exitCode = result.status ?? 3;
  } else {
    console.error(
      `This needs Node 22.18 or newer; this is ${process.version}. Run "npm ci" first: it brings one along.`,
    );
    process.exitCode = 64;
  }
}
