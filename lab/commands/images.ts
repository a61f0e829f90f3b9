/** `images`: the services' images, for clusters other than the embedded one. */
import { join, relative } from 'node:path';
import { parseArguments } from '../arguments.ts';
import { EXIT } from '../exit-codes.ts';
import type { BuiltImage } from '../images/build-images.ts';
import { parseRegistry } from '../images/names.ts';
import { labDirectory } from '../project.ts';
import type { Command } from './command.ts';
import { formatTable } from './table.ts';

const OPTIONS = {
  builder: { type: 'string' },
  base: { type: 'string' },
  output: { type: 'string' },
  registry: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

export const images: Command = {
  usage:
    'npm run images -- [--builder docker|podman|buildah|nerdctl] [--base IMAGE] [--output DIRECTORY] [--registry HOST/PATH] [--json]',
  summary: "build the services' images into OCI archives, and push them to a registry if one is named",
  async run(args, { print, say, signal }) {
    const { values } = parseArguments(args, OPTIONS, { min: 0, max: 0, usage: this.usage });
    const registry = values.registry === undefined ? undefined : parseRegistry(values.registry);
    const [{ chooseBuilder }, { buildImages }, { loadClusterFile }] = await Promise.all([
      import('../images/builders.ts'),
      import('../images/build-images.ts'),
      import('../providers/cluster-file.ts'),
    ]);
    const chosen = await chooseBuilder(values.builder, signal);
    if ('problems' in chosen) {
      say('there is nothing here that can build images; one of these is enough:');
      for (const problem of chosen.problems) say(`  ${problem}`);
      return EXIT.fail;
    }
    const base = values.base ?? (await loadClusterFile()).images.node;
    const output = values.output ?? join(labDirectory(), 'images');
    const built = await buildImages(chosen, { base, output, registry, say, signal });
    const builder = `${chosen.builder.name} ${chosen.version}`;
    if (values.json) print(JSON.stringify({ builder, base, images: built }));
    else for (const line of await describe(built, `built by ${builder} on ${base}`, registry)) print(line);
    return EXIT.pass;
  },
};

async function describe(built: readonly BuiltImage[], how: string, registry: string | undefined): Promise<string[]> {
  const { importCommands } = await import('../images/loading.ts');
  const archives = built.map(({ archive }) => shortest(archive));
  const rows = built.map(({ name, sizeBytes, digest, pushedAs }, index) => [
    name,
    `${(sizeBytes / 1e6).toFixed(1)} MB`,
    digest,
    pushedAs ?? archives[index]!,
  ]);
  const table = formatTable(['name', 'size', 'digest', registry === undefined ? 'file' : 'pushed as'], rows);
  if (registry !== undefined) {
    const use = `npm run lab:up -- --provider kubeconfig --registry ${registry}`;
    return [...table, how, `the archives are ${archives.join(', ')}`, `to use what was pushed: ${use}`];
  }
  return [
    ...table,
    how,
    'kind takes them by itself (npm run lab:up -- --provider kind); other clusters: copy them to each node, and there',
    ...importCommands(archives).map((line) => `  ${line}`),
  ];
}

/** Relative to where the user is, unless it lies elsewhere. */
function shortest(path: string): string {
  const fromHere = relative('.', path);
  return fromHere.startsWith('..') ? path : fromHere;
}
