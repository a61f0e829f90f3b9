/** The services' images: bundled on the host, built in the control plane's machine, imported on all. */
import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleServices } from '../../images/bundle-services.ts';
import { fullImageName, PROGRAMS } from '../../images/names.ts';
import { REMOTE_DIRECTORY, type Machine, type RunOptions } from './machine.ts';

const REMOTE_IMAGES = '/var/lib/lab/service-images';

/** Nothing is built when the bundle holds the services' images, nor when the same sources were built before. */
export async function buildServiceImages(
  { directory, bundle }: { directory: string; bundle?: string | undefined },
  builder: Machine,
  machines: readonly Machine[],
  options: (machine?: string) => RunOptions,
): Promise<void> {
  if (bundle !== undefined && (await holdsServices(bundle))) {
    options().log("ok       the services' images came with the bundle\n");
    return;
  }
  const context = join(directory, 'services');
  await bundleServices(context);
  const sources = await digestOf(context);
  const remoteContext = `${REMOTE_DIRECTORY}/services`;
  await builder.upload(context, remoteContext, options(builder.name));
  const names = PROGRAMS.map(fullImageName);
  await builder.script('build-images.sh', [remoteContext, REMOTE_IMAGES, sources, ...names], options(builder.name));
  const others = machines.filter(({ name }) => name !== builder.name);
  const had = await Promise.all(others.map((machine) => sourcesOn(machine, options(machine.name))));
  const stale = others.filter((_, index) => had[index] !== sources);
  if (stale.length > 0) await copyImages(join(directory, 'service-images'), builder, stale, options);
  await Promise.all(machines.map((machine) => machine.script('images.sh', [REMOTE_IMAGES], options(machine.name))));
}

/** Digest of the sources that the machine's archives were built from; empty when it has none. */
async function sourcesOn(machine: Machine, { signal }: RunOptions): Promise<string> {
  const words = ['sudo', 'cat', `${REMOTE_IMAGES}/SOURCES`, '||', 'true'];
  return (await machine.run(words, { signal, log: () => undefined })).trim();
}

async function copyImages(
  local: string,
  from: Machine,
  to: readonly Machine[],
  options: (machine?: string) => RunOptions,
): Promise<void> {
  await rm(local, { recursive: true, force: true });
  await from.download(REMOTE_IMAGES, local, options(from.name));
  await Promise.all(to.map((machine) => machine.upload(local, REMOTE_IMAGES, options(machine.name))));
  await rm(local, { recursive: true, force: true });
}

async function holdsServices(bundle: string): Promise<boolean> {
  const index = await readFile(join(bundle, 'images', 'INDEX'), 'utf8');
  return PROGRAMS.every((program) => index.includes(`/log-lab/${program}:`));
}

/** Of all names and contents. */
async function digestOf(directory: string): Promise<string> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const hash = createHash('sha256');
  for (const path of files.toSorted()) hash.update(path.slice(directory.length)).update(await readFile(path));
  return hash.digest('hex');
}
