import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { writeKubeconfig } from './kubeconfig.ts';

const content = {
  url: 'https://127.0.0.1:6443',
  caPem: 'the certificate',
  token: 'the token',
  namespace: 'log-lab',
  contextName: 'lab',
};

void t.test(
  'a kubeconfig names server, certificate, token and namespace, and only its owner can read it',
  async (t) => {
    const directory = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
    t.teardown(() => rm(directory, { recursive: true }));
    const file = join(directory, 'config');
    await writeKubeconfig(file, content);
    const config = JSON.parse(await readFile(file, 'utf8'));
    t.match(config, {
      kind: 'Config',
      'current-context': 'lab',
      clusters: [{ name: 'lab', cluster: { server: content.url } }],
      users: [{ name: 'lab', user: { token: content.token } }],
      contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'lab', namespace: 'log-lab' } }],
    });
    const ca = config.clusters[0].cluster['certificate-authority-data'];
    t.equal(Buffer.from(ca, 'base64').toString(), content.caPem);
    if (process.platform !== 'win32') t.equal((await stat(file)).mode & 0o777, 0o600);
    t.same(await readdir(directory), ['config'], 'nothing else is left behind');
  },
);

void t.test('a directory that does not exist is an error', async (t) => {
  await t.rejects(writeKubeconfig(join(tmpdir(), 'no', 'such', 'directory', 'config'), content), { code: 'ENOENT' });
});
