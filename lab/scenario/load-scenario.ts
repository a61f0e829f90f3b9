/** From a scenario's name or file to a checked scenario: decode strictly, default, then check what a schema cannot say. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { checkExpectation } from '../checks/expectations.ts';
import { UsageError } from '../exit-codes.ts';
import { didYouMean } from '../nearest.ts';
import { PROJECT_DIRECTORY, projectPath } from '../project.ts';
import { parseYaml, problemError, type ParsedYaml, type Problem } from '../yaml-file.ts';
import { defaultLoad, loadName, type PlannedLoad } from './plan-load.ts';
import {
  ScenarioSchema,
  type FaultSection,
  type GenerateSection,
  type LoadSection,
  type PhaseSection,
  type ScenarioFile,
} from './schema.ts';
import type { Setup } from './setup.ts';
import { durationMs } from './duration.ts';

export interface Scenario {
  /** Path relative to the project, for messages. */
  file: string;
  text: string;
  sha256: string;
  name: string;
  title: string;
  question: string;
  theory: string;
  setup: Setup;
  /** As they are written; planPhases gives them their durations. */
  phases: PhaseSection[];
  expect: string[];
}

export interface PlannedPhase {
  name: string;
  /** Shortest length; loads and faults may make it longer. */
  durationMs: number;
  loads: PlannedLoad[];
  /** A run of log-generator; a phase has loads or this. */
  generate: GenerateSection | undefined;
  faults: { atMs: number; section: FaultSection }[];
}

const SCENARIOS = projectPath('scenarios');

export async function scenarioNames(): Promise<string[]> {
  const files = await readdir(SCENARIOS);
  return files.filter((file) => file.endsWith('.yaml')).map((file) => basename(file, '.yaml'));
}

/** `reference` is a name in scenarios/ or a path. Throws UsageError with every problem of the file. */
export async function loadScenario(reference: string): Promise<Scenario> {
  const path = /[/\\]|\.ya?ml$/.test(reference) ? resolve(reference) : join(SCENARIOS, `${reference}.yaml`);
  const text = await readFile(path, 'utf8').catch(async () => {
    const names = await scenarioNames();
    throw new UsageError(`no scenario "${reference}"${didYouMean(reference, names)}\nthere are: ${names.join(', ')}`);
  });
  return parseScenario(path.startsWith(PROJECT_DIRECTORY) ? path.slice(PROJECT_DIRECTORY.length + 1) : path, text);
}

/** Throws UsageError with every problem of the text. */
export function parseScenario(file: string, text: string): Scenario {
  const parsed = parseYaml(ScenarioSchema, text);
  const { value } = parsed;
  const problems = [...parsed.problems, ...checkScenario(parsed)];
  if (value === undefined || problems.length > 0) throw problemError(file, problems);
  return {
    file,
    text,
    sha256: createHash('sha256').update(text).digest('hex'),
    name: value.name,
    title: value.title,
    question: value.question,
    theory: value.theory,
    setup: { scale: value.setup?.scale ?? {}, env: value.setup?.env ?? {}, service: value.setup?.service ?? {} },
    phases: value.phases,
    expect: value.expect,
  };
}

/** The phases on a cluster that notices a dead node within `detectionSeconds`. */
export function planPhases(scenario: Scenario, detectionSeconds: number): PlannedPhase[] {
  const inMs = (duration = '0s'): number => durationMs(duration, detectionSeconds);
  return scenario.phases.map((phase) => ({
    name: phase.name,
    durationMs: inMs(phase.duration),
    loads: loadsOf(phase).map(({ section }) => defaultLoad(section, detectionSeconds)),
    generate: phase.generate,
    faults: (phase.faults ?? []).map((section) => ({ atMs: inMs(section.at), section })),
  }));
}

type Path = (string | number)[];

function loadsOf(phase: PhaseSection, path: Path = []): { section: LoadSection; path: Path }[] {
  const single = phase.load === undefined ? [] : [{ section: phase.load, path: [...path, 'load'] }];
  const several = (phase.loads ?? []).map((section, index) => ({ section, path: [...path, 'loads', index] }));
  return [...single, ...several];
}

/** What the schema cannot say, of the parts that fit it. */
function checkScenario({ raw, soundKeys, locate }: ParsedYaml<ScenarioFile>): Problem[] {
  const problems: Problem[] = [];
  const report = (path: Path, message: string): void => void problems.push({ ...locate(path), message });
  if (!soundKeys.has('phases')) return problems;
  const { phases, expect } = raw as ScenarioFile;
  const phaseNames = new Set<string>();
  for (const [index, phase] of phases.entries()) {
    if (phaseNames.has(phase.name)) report(['phases', index, 'name'], `there are two phases "${phase.name}"`);
    phaseNames.add(phase.name);
    checkPhase(phase, ['phases', index], report);
  }
  if (!soundKeys.has('expect')) return problems;
  const outline = phases.map((phase) => ({
    name: phase.name,
    loads: loadsOf(phase).map(({ section }) => loadName(section)),
  }));
  for (const [index, expectation] of expect.entries()) {
    const problem = checkExpectation(expectation, outline);
    if (problem !== undefined) report(['expect', index], problem);
  }
  return problems;
}

function checkPhase(phase: PhaseSection, path: Path, report: (path: Path, message: string) => void): void {
  const loads = loadsOf(phase, path);
  if (loads.length === 0 && !phase.generate && phase.faults === undefined && phase.duration === undefined) {
    report(path, `phase "${phase.name}" does nothing: it needs a load, generate, faults or a duration`);
  }
  if (loads.length > 0 && phase.generate) {
    report([...path, 'generate'], `generate counts everything that is stored: no load may run beside it`);
  }
  if (phase.load !== undefined && phase.loads !== undefined) report([...path, 'loads'], 'give load or loads, not both');
  const names = new Set<string>();
  for (const { section, path: at } of loads) {
    const name = loadName(section);
    if (names.has(name)) report(at, `phase "${phase.name}" has two loads named "${name}"; give them names`);
    names.add(name);
    checkLoad(section, at, report);
  }
  for (const [index, fault] of (phase.faults ?? []).entries()) {
    const kinds = Object.keys(fault).filter((key) => key !== 'at');
    if (kinds.length !== 1)
      report(
        [...path, 'faults', index],
        `a fault is one of them; this has ${kinds.length === 0 ? 'none' : kinds.join(' and ')}`,
      );
  }
}

function checkLoad(load: LoadSection, path: Path, report: (path: Path, message: string) => void): void {
  const hasEnd = Number(load.requests !== undefined) + Number(load.duration !== undefined);
  if (hasEnd !== 1)
    report(path, `a load ends after "requests" or after "duration": give ${hasEnd === 0 ? 'one' : 'only one'} of them`);
  checkWorkers(load, path, report);
  if (load.driver === 'constant-rate') {
    if (load.rate === undefined) report(path, 'the constant-rate driver needs "rate"');
    return;
  }
  for (const key of ['rate', 'maxInFlight'] as const) {
    if (load[key] !== undefined)
      report([...path, key], `"${key}" is for the constant-rate driver; autocannon is a closed loop`);
  }
  if (load.connections === undefined) report(path, 'autocannon needs "connections"');
}

/** What pods can do, and whether there is something to do for each. */
function checkWorkers(load: LoadSection, path: Path, report: (path: Path, message: string) => void): void {
  const { from, workers, target, driver, keepAlive } = load;
  if (from === undefined) {
    if (workers !== undefined) report([...path, 'workers'], '"workers" are pods: they need "from: cluster"');
    return;
  }
  if (workers === undefined) return report(path, 'a load from the cluster needs "workers"');
  if (target.startsWith('ingress/')) {
    report([...path, 'target'], 'a load from the cluster takes service/NAME: the ingress is the way in from outside');
  }
  const needed =
    driver === 'autocannon' || keepAlive ? (['requests', 'connections'] as const) : (['requests'] as const);
  for (const key of needed) {
    const amount = load[key];
    if (amount !== undefined && amount < workers)
      report([...path, 'workers'], `${workers} workers cannot share ${amount} ${key}`);
  }
}
