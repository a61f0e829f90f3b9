/** Holds the layout: who may import whom. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import t from 'tap';
import { PROJECT_DIRECTORY } from './project.ts';

interface Import {
  from: string;
  /** Path from the project's root, or the name of a package. */
  to: string;
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^;]*?from\s+'([^']+)'|import\(\s*'([^']+)'\s*\)|(?:^|\n)import\s+'([^']+)'/g;

function importsOf(file: string): Import[] {
  const text = readFileSync(resolve(PROJECT_DIRECTORY, file), 'utf8');
  return [...text.matchAll(IMPORT)].map((match) => {
    const specifier = (match[1] ?? match[2] ?? match[3])!;
    const to = specifier.startsWith('.')
      ? relative(PROJECT_DIRECTORY, resolve(PROJECT_DIRECTORY, dirname(file), specifier))
      : specifier;
    return { from: file, to: to.split(sep).join('/') };
  });
}

const files = globSync('{lab,services}/**/*.ts', { cwd: PROJECT_DIRECTORY }).map((file) => file.split(sep).join('/'));
const imports = files.flatMap(importsOf);
const inside = (path: string, ...folders: string[]): boolean =>
  folders.some((folder) => path === folder || path.startsWith(`${folder}/`));

function violations(forbidden: (entry: Import) => boolean): string[] {
  return imports.filter(forbidden).map(({ from, to }) => `${from} imports ${to}`);
}

t.ok(imports.length > 300, 'imports are found at all');

void t.test('the harness and the services meet only over HTTP and manifests', async (t) => {
  t.same(
    violations(({ from, to }) => inside(from, 'lab') && inside(to, 'services')),
    [],
  );
  t.same(
    violations(({ from, to }) => inside(from, 'services') && inside(to, 'lab')),
    [],
  );
});

void t.test('a service shares only services/shared', async (t) => {
  const service = (path: string): string => path.split('/')[1]!;
  t.same(
    violations(
      ({ from, to }) =>
        inside(from, 'services') &&
        inside(to, 'services') &&
        !from.endsWith('.test.ts') &&
        service(to) !== 'shared' &&
        service(from) !== service(to),
    ),
    [],
  );
});

void t.test("a library's types stay in the folder that uses it", async (t) => {
  t.same(
    violations(({ from, to }) => to === '@kubernetes/client-node' && !inside(from, 'lab/cluster')),
    [],
  );
  t.same(
    violations(({ from, to }) => to === 'autocannon' && !from.startsWith('lab/load/autocannon')),
    [],
  );
});

void t.test('statistics knows nothing of the lab', async (t) => {
  t.same(
    violations(({ from, to }) => inside(from, 'lab/statistics') && inside(to, 'lab') && !inside(to, 'lab/statistics')),
    [],
  );
});

void t.test('the embedded cluster stands alone, and only its provider knows it', async (t) => {
  t.same(
    violations(({ from, to }) => inside(from, 'lab/embedded') && inside(to, 'lab') && !inside(to, 'lab/embedded')),
    [],
  );
  t.same(
    violations(
      ({ from, to }) =>
        inside(to, 'lab/embedded') &&
        !inside(from, 'lab/embedded', 'lab/bench') &&
        !from.startsWith('lab/providers/embedded'),
    ),
    [],
  );
});

void t.test('imports point downwards: cli, commands, scenario, the rest', async (t) => {
  const upper = ['lab/cli.ts', 'lab/commands', 'lab/scenario'];
  const layer = (path: string): number => {
    const index = upper.findIndex((folder) => inside(path, folder));
    return index === -1 ? upper.length : index;
  };
  t.same(
    violations(
      ({ from, to }) =>
        inside(from, 'lab') &&
        inside(to, 'lab') &&
        layer(to) < layer(from) &&
        !from.endsWith('.test.ts') &&
        !inside(from, 'lab/bench'),
    ),
    [],
  );
});
