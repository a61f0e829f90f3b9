/** What the README says is what the project does. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { projectPath } from './project.ts';
import { loadScenario, scenarioNames } from './scenario/load-scenario.ts';

const readme = readFileSync(projectPath('README.md'), 'utf8');
const { scripts } = JSON.parse(readFileSync(projectPath('package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

void t.test('the scenarios it lists are those there are, with their questions', async (t) => {
  const table = /\| scenario \| what it asks \|\n\| -+ \| -+ \|\n((?:\|.*\n)+)/.exec(
    readme.replaceAll(/ +\|/g, ' |'),
  )?.[1];
  const listed = (table ?? '').trimEnd().split('\n');
  const scenarios = await Promise.all((await scenarioNames()).toSorted((a, b) => a.localeCompare(b)).map(loadScenario));
  t.same(
    listed,
    scenarios.map(({ name, question }) => `| \`${name}\` | ${question.trim()} |`),
  );
});

void t.test('every npm script it names exists', async (t) => {
  const named = new Set([...readme.matchAll(/npm run ([\w:]+)/g)].map((match) => match[1]!));
  t.ok(named.size > 5);
  for (const name of named) t.ok(name in scripts, name);
});

void t.test('CI runs the test command at its top', async (t) => {
  const ci = readFileSync(projectPath('.ci', 'run'), 'utf8');
  t.match(readme, /npm ci && npm test/);
  t.match(ci, /^npm ci$/m);
  t.match(ci, /^npm test/m);
});
