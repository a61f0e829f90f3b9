/** The three ways to run the suite. Each answers whether all went well. */
import type { Answer, Case, Group } from './case.ts';
import { DIFFERENCES } from './differences.ts';
import { withEmbeddedSide } from './embedded-side.ts';
import { globMatches } from './glob.ts';
import { GROUPS } from './groups.ts';
import { judge } from './judge.ts';
import { kubectlVersion, whyNoKubectl } from './kubectl.ts';
import { readRecorded, type Recorded, writeRecorded } from './recorded.ts';
import { Report } from './report.ts';
import { Side } from './side.ts';
import { type Outcome, runCases } from './suite.ts';

export interface SuiteOptions {
  /** Names of cases; `*` stands for any text. */
  only: readonly string[];
  groups?: readonly Group[];
  say: (line: string) => void;
}

/** Runs the embedded cluster and compares with what is recorded. */
export async function compareWithRecorded({ only, groups = GROUPS, say }: SuiteOptions): Promise<boolean> {
  const files = new Map(groups.map(({ name }) => [name, readRecorded(name)]));
  const versions = new Set([...files.values()].map((file) => file?.kubernetesVersion));
  say(`# compared with the recorded answers of Kubernetes ${[...versions].join(', ')}`);
  const recorded = (name: string): Outcome => {
    const answer = files.get(name.split('/')[0]!)?.answers[name];
    return answer === undefined ? { error: new Error('nothing is recorded for it: run with --record') } : { answer };
  };
  const kubectl = [...files.values()].find((file) => file?.kubectlVersion !== undefined)?.kubectlVersion;
  return compare({ only, groups, say }, (item) => recorded(item.name), whyNoKubectl(kubectl));
}

/** Runs both clusters side by side. */
export async function compareLive(kubeconfig: string, options: SuiteOptions): Promise<boolean> {
  const { only, groups = GROUPS, say } = options;
  const real = await Side.connect(kubeconfig);
  try {
    say(`# compared with a real cluster, Kubernetes ${real.version}`);
    const outcomes = new Map<string, Outcome>();
    await runCases(real, groups, wanted(only), (item, outcome) => outcomes.set(item.name, outcome));
    return await compare({ only, groups, say }, (item) => outcomes.get(item.name)!);
  } finally {
    real.close();
  }
}

/** Keeps a real cluster's answers. A case that cannot be run there is an error. */
export async function record(kubeconfig: string, { only, groups = GROUPS, say }: SuiteOptions): Promise<boolean> {
  const side = await Side.connect(kubeconfig);
  const answers = new Map<string, Answer>();
  let failed = 0;
  try {
    await runCases(side, groups, wanted(only), ({ name }, { answer, error }, seconds) => {
      if (error === undefined) answers.set(name, answer);
      else failed += 1;
      say(
        `${error === undefined ? 'recorded' : 'FAILED'} ${name} (${seconds.toFixed(1)} s)${error ? `: ${error.stack}` : ''}`,
      );
    });
  } finally {
    side.close();
  }
  for (const { name, cases } of groups) keep(name, cases, answers, side.version);
  say(`${answers.size} recorded, ${failed} failed`);
  return failed === 0;
}

function keep(group: string, cases: readonly Case[], answers: Map<string, Answer>, kubernetesVersion: string): void {
  const before = readRecorded(group)?.answers ?? {};
  const kept = cases
    .map(({ name }) => [name, answers.get(name) ?? before[name]] as const)
    .filter(([, answer]) => answer !== undefined);
  if (!cases.some(({ name }) => answers.has(name))) return;
  const version = cases.some(({ kubectl }) => kubectl) ? kubectlVersion() : undefined;
  const recorded: Recorded = {
    kubernetesVersion,
    ...(version !== undefined && { kubectlVersion: version }),
    answers: Object.fromEntries(kept),
  };
  writeRecorded(group, recorded);
}

function isNamed(only: readonly string[], name: string): boolean {
  return only.some((pattern) => globMatches(pattern, name));
}

function wanted(only: readonly string[], noKubectl = whyNoKubectl()): (item: Case) => boolean {
  return ({ name, kubectl }) => isNamed(only, name) && !(kubectl && noKubectl !== undefined);
}

async function compare(
  { only, groups = GROUPS, say }: SuiteOptions,
  realOutcome: (item: Case) => Outcome,
  noKubectl = whyNoKubectl(),
): Promise<boolean> {
  const report = new Report(say);
  const all = groups.flatMap(({ cases }) => cases).filter(({ name }) => isNamed(only, name));
  const ran = all.filter(({ kubectl }) => !(kubectl && noKubectl !== undefined));
  for (const { name } of all.filter((item) => !ran.includes(item))) report.skip(name, noKubectl!);
  await withEmbeddedSide((side) =>
    runCases(side, groups, wanted(only, noKubectl), (item, outcome, seconds) => {
      report.verdict(item.name, seconds, () => {
        const real = realOutcome(item);
        const error = outcome.error ?? real.error;
        if (error !== undefined) throw error;
        return judge(item.name, real.answer, outcome.answer, DIFFERENCES);
      });
    }),
  );
  // Whether a difference is still there is known when all its cases ran.
  const everywhere = GROUPS.flatMap(({ cases }) => cases);
  return report.end(
    DIFFERENCES.filter(({ cases }) =>
      everywhere.filter(({ name }) => globMatches(cases, name)).every((item) => ran.includes(item)),
    ),
  );
}
