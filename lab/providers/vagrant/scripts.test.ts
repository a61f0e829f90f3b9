import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import t from 'tap';
import { PROJECT_DIRECTORY, projectPath } from '../../project.ts';
import { loadClusterFile } from '../cluster-file.ts';

const scripts = globSync('provision/{.,test}/*.sh', { cwd: PROJECT_DIRECTORY });
const run = (command: string, ...args: string[]): { status: number | null; output: string } => {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: PROJECT_DIRECTORY, encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}` };
};
const without = (tool: string): string | false => run(tool, '--version').status !== 0 && `${tool} is not installed`;

void t.test('every script is bash', async (t) => {
  t.ok(scripts.length > 10);
  for (const script of scripts) t.equal(run('bash', '-n', script).status, 0, script);
});

void t.test('shellcheck finds nothing', { skip: without('shellcheck') }, async (t) => {
  t.equal(run('shellcheck', ...scripts).output, '');
});

void t.test('the Vagrantfile is Ruby', { skip: without('ruby') }, async (t) => {
  t.match(run('ruby', '-c', 'Vagrantfile').output, /Syntax OK/);
});

void t.test('the guide names the versions of cluster.yaml', async (t) => {
  const guide = readFileSync(projectPath('docs', 'vagrant.md'), 'utf8');
  const { kubernetesVersion, components, packages } = await loadClusterFile();
  const versions = [kubernetesVersion, packages.containerd.version, ...Object.values(components).map((c) => c.version)];
  for (const version of versions) t.match(guide, `| ${version.replace(/^v/, '')} `, version);
});
