/** Runs the stages of provisioning against machines that are there already: for provision/test/nspawn.sh. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { loadClusterFile } from '../providers/cluster-file.ts';
import type { Overrides } from '../providers/vagrant/kubeadm-config.ts';
import { runStages } from '../providers/vagrant/stage.ts';
import { provisioningStages } from '../providers/vagrant/stages.ts';

const { values } = parseArgs({
  options: {
    'cluster-file': { type: 'string' },
    'ssh-config': { type: 'string' },
    bundle: { type: 'string' },
    directory: { type: 'string' },
    overrides: { type: 'string' },
    /** Names of stages, separated by commas. */
    without: { type: 'string', default: '' },
  },
});
const file = await loadClusterFile(values['cluster-file']);
const directory = values.directory!;
const leftOut = values.without.split(',');
const stages = provisioningStages({
  file,
  timing: file.timing.profiles[file.timing.profile]!,
  sshConfig: values['ssh-config']!,
  directory,
  kubeconfig: join(directory, 'kubeconfig'),
  bundle: values.bundle,
  overrides: parse(await readFile(values.overrides!, 'utf8')) as Overrides,
}).filter(({ name }) => !leftOut.includes(name));
try {
  await runStages(stages, {
    say: (line) => console.log(line),
    signal: new AbortController().signal,
    logDirectory: join(directory, 'logs'),
  });
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
