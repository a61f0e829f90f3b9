/** The images: from bundled sources into archives, and to a registry if one is named. */
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { LabError, UsageError } from '../exit-codes.ts';
import { readArchive, type ArchivedImage } from './archive.ts';
import type { ImageSources } from './builder.ts';
import { bundleServices } from './bundle-services.ts';
import type { ChosenBuilder } from './builders.ts';
import { fullImageName, imageName, nameInRegistry, PROGRAMS, type Program } from './names.ts';

export interface BuildOptions {
  /** Name and digest of the base image. */
  base: string;
  /** Where the archives go. */
  output: string;
  /** `HOST/PATH`. */
  registry?: string | undefined;
  say: (message: string) => void;
  signal: AbortSignal;
}

export interface BuiltImage extends ArchivedImage {
  /** As the manifests have it. */
  name: string;
  archive: string;
  /** Its name in the registry, if it was sent there. */
  pushedAs?: string;
}

/**
 * An archive is there whole or not at all. Throws LabError with the end of what the builder said, and UsageError when the
 * output directory cannot be written to.
 */
export async function buildImages({ builder }: ChosenBuilder, options: BuildOptions): Promise<BuiltImage[]> {
  const output = resolve(options.output);
  const work = await workDirectory(output);
  try {
    await bundleServices(join(work, 'services'));
    const built: BuiltImage[] = [];
    for (const program of PROGRAMS) {
      options.signal.throwIfAborted();
      options.say(`building ${imageName(program)} with ${builder.name}`);
      const sources = { name: fullImageName(program), context: join(work, 'services', program), base: options.base };
      const partial = join(work, archiveName(program));
      await builder.build(sources, partial, options.signal);
      const image = await readArchive(partial, options);
      const archive = join(output, archiveName(program));
      await rename(partial, archive);
      built.push({ name: imageName(program), archive, ...image, ...(await push(builder, sources, program, options)) });
    }
    return built;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Beside the archives: builders that run in a sandbox cannot read everywhere. */
async function workDirectory(output: string): Promise<string> {
  try {
    await mkdir(output, { recursive: true });
    return await mkdtemp(join(output, 'building-'));
  } catch (error) {
    throw new UsageError(`cannot write to ${output}: ${(error as Error).message}`, { cause: error });
  }
}

async function push(
  builder: ChosenBuilder['builder'],
  sources: ImageSources,
  program: Program,
  { registry, say, signal }: BuildOptions,
): Promise<{ pushedAs?: string }> {
  if (registry === undefined) return {};
  const target = nameInRegistry(imageName(program), registry);
  say(`pushing ${target}`);
  try {
    await builder.push(sources, target, signal);
  } catch (error) {
    signal.throwIfAborted();
    const fix = `see that ${registry} is right and that you may push there: ${builder.name} login ${registry.split('/')[0]}`;
    throw new LabError(`${target} could not be pushed: ${(error as Error).message}\n${fix}`, { cause: error });
  }
  return { pushedAs: target };
}

function archiveName(program: Program): string {
  return `${program}.tar`;
}
