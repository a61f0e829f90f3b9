/** docs/fidelity.md says what the suite and the unit tests hold: no case, test or difference is named that is not there. */
import { existsSync, readFileSync } from 'node:fs';
import t from 'tap';
import { projectPath } from '../project.ts';
import { differenceTable } from './difference-table.ts';
import { globMatches } from './glob.ts';
import { GROUPS } from './groups.ts';
import { readRecorded } from './recorded.ts';

const text = readFileSync(projectPath('docs', 'fidelity.md'), 'utf8');
const withoutDifferences = text.replace(/<!-- differences: [^]*<!-- end of differences -->/, '');
const cases = GROUPS.flatMap((group) => group.cases.map(({ name }) => name));

/** Texts in backticks. */
function codeIn(markdown: string): string[] {
  const prose = markdown.replaceAll(/^```[^]*?^```/gm, '');
  return [...prose.matchAll(/`([^`\n]+)`/g)].map((match) => match[1]!);
}

/** Formatting may pad the cells. */
function squeezed(markdown: string): string {
  return markdown.replaceAll(/ +/g, ' ').replaceAll(/-+/g, '-');
}

void t.test('every difference is in it, with its reason', async (t) => {
  t.ok(squeezed(text).includes(squeezed(differenceTable())), 'else run: node lab/fidelity/print-differences.ts');
});

void t.test('every case that it names exists, and it passes over none', async (t) => {
  const named = codeIn(withoutDifferences).filter((name) => GROUPS.some((group) => name.startsWith(`${group.name}/`)));
  for (const pattern of named) {
    t.ok(
      cases.some((name) => globMatches(pattern, name)),
      pattern,
    );
  }
  t.same(
    cases.filter((name) => !named.some((pattern) => globMatches(pattern, name))),
    [],
  );
});

void t.test('every unit test that it names exists', async (t) => {
  const named = codeIn(text).flatMap((name) => {
    const [, path, title] = /^(\S+\.test\.ts) > (.+)$/.exec(name) ?? [];
    return path !== undefined && title !== undefined ? [{ path, title }] : [];
  });
  t.ok(named.length > 20);
  for (const { path, title } of named) {
    const file = projectPath('lab', path);
    const titles = existsSync(file) ? titlesIn(readFileSync(file, 'utf8')) : [];
    t.ok(
      titles.some((candidate) => globMatches(title, candidate)),
      `${path} > ${title}`,
    );
  }
});

function titlesIn(source: string): string[] {
  return [...source.matchAll(/t\.test\(\s*(['"`])(.*?)\1/g)].map((match) => match[2]!);
}

void t.test('its counts and versions are those of the suite', async (t) => {
  t.ok(text.includes(`${cases.length} cases in ${GROUPS.length} groups`));
  const quick = GROUPS.filter((group) => group.quick).flatMap((group) => group.cases);
  t.ok(text.includes(`${quick.length} of them`));
  for (const { name } of GROUPS) {
    const { kubernetesVersion, kubectlVersion } = readRecorded(name)!;
    t.ok(text.includes(`\`${kubernetesVersion}\``), kubernetesVersion);
    if (kubectlVersion !== undefined) t.ok(text.includes(`\`${kubectlVersion}\``), kubectlVersion);
  }
});
