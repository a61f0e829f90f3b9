import { readFileSync } from 'node:fs';
import t from 'tap';
import { importCommands } from '../images/loading.ts';
import { fullImageName, PROGRAMS } from '../images/names.ts';
import { projectPath } from '../project.ts';
import { judgeImages } from './node-images.ts';
import type { KubeObject } from './objects.ts';

const ALL = PROGRAMS.map(fullImageName);

function node(name: string, images: readonly string[]): KubeObject {
  const status = { images: images.map((image) => ({ names: [image] })) };
  return { apiVersion: 'v1', kind: 'Node', metadata: { name }, status };
}

void t.test('images on every node', async (t) => {
  t.match(judgeImages([node('w1', ALL), node('w2', ['docker.io/library/postgres:18', ...ALL])]), { verdict: 'ok' });
});

void t.test('images that some nodes lack: which, and the commands', async (t) => {
  const finding = judgeImages([node('w1', ALL), node('w2', ALL.slice(1)), node('w3', [])]);
  t.match(finding, { verdict: 'reduced', detail: /not on w2, w3$/, fix: /copy the archives to w2, w3, and there: / });
  for (const command of importCommands(PROGRAMS.map((program) => `${program}.tar`))) t.match(finding.fix, command);
});

void t.test('a node that does not report all its images is not accused', async (t) => {
  const others = Array.from({ length: 50 }, (_, index) => `docker.io/other/image:${index}`);
  t.match(judgeImages([node('w1', others)]), { verdict: 'ok' });
});

void t.test('the guide has the commands as they are printed', async (t) => {
  const guide = readFileSync(projectPath('docs', 'real-kubernetes.md'), 'utf8');
  for (const command of importCommands(PROGRAMS.map((program) => `${program}.tar`))) t.match(guide, command);
});
