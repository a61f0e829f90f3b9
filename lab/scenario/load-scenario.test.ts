/** Scenario files: each invalid-* fixture ends with the messages that it must give, each valid-* one is taken. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { UsageError } from '../exit-codes.ts';
import { projectPath } from '../project.ts';
import { loadScenario, parseScenario, planPhases, scenarioNames } from './load-scenario.ts';
import { ScenarioSchema } from './schema.ts';

const fixtures = join(import.meta.dirname, 'fixtures');
const files = readdirSync(fixtures);
const read = (file: string): string => readFileSync(join(fixtures, file), 'utf8');

function messagesOf(file: string, text: string): string[] {
  try {
    parseScenario(file, text);
    return [];
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return error.message.split('\n').map((line) => line.slice(file.length + 1));
  }
}

void t.test('every invalid fixture is refused with all its messages', async (t) => {
  const invalid = files.filter((file) => file.startsWith('invalid-'));
  t.ok(invalid.length >= 40, `${invalid.length} fixtures`);
  for (const file of invalid) {
    const text = read(file);
    const expected = [...text.matchAll(/^# expects: (.*)$/gm)].map((match) => match[1]);
    t.ok(expected.length > 0, `${file} states its messages`);
    t.same(messagesOf(file, text), expected, file);
  }
});

void t.test('every valid fixture is taken', async (t) => {
  for (const file of files.filter((name) => name.startsWith('valid-'))) t.same(messagesOf(file, read(file)), [], file);
});

void t.test('every scenario of the project is valid and named as its file', async (t) => {
  for (const name of await scenarioNames()) t.equal((await loadScenario(name)).name, name);
});

void t.test('an unknown scenario suggests the nearest', async (t) => {
  await t.rejects(loadScenario('load-balnce'), {
    name: 'UsageError',
    message: /no scenario "load-balnce"; did you mean "load-balance"\?/,
  });
});

void t.test('defaults and units', async (t) => {
  const scenario = parseScenario('valid-everything.yaml', read('valid-everything.yaml'));
  const [steady, failure] = planPhases(scenario, 7);
  t.equal(steady!.durationMs, 5000);
  t.match(steady!.loads[0], { method: 'POST', path: '/logs', timeoutMs: 1500, ratePerSecond: 100 });
  t.match(steady!.loads[1], { method: 'GET', path: '/stats-display/api/stats' });
  t.equal(failure!.loads[0]!.durationMs, 30_000);
  t.same(
    failure!.faults.map((fault) => fault.atMs),
    [1000, 10_000, 2000, 0],
  );
});

void t.test('a duration may be longer by what the cluster needs to notice a dead node', async (t) => {
  const text = read('valid-relative-durations.yaml');
  const plan = (detectionSeconds: number) => {
    const [phase, pause] = planPhases(parseScenario('valid-relative-durations.yaml', text), detectionSeconds);
    return [phase!.loads[0]!.durationMs, phase!.faults[0]!.atMs, pause!.durationMs];
  };
  t.same(plan(7), [22_000, 11_000, 7000]);
  t.same(plan(56), [71_000, 60_000, 56_000]);
});

void t.test('the published JSON Schema is the one that is checked against', async (t) => {
  const published = readFileSync(projectPath('docs', 'scenario.schema.json'), 'utf8');
  t.same(JSON.parse(published), JSON.parse(JSON.stringify(ScenarioSchema)), 'run: npm run schema');
});
