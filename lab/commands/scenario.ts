/** `scenario NAME`: runs it once or several times, writes the reports and judges. */
import { join } from 'node:path';
import { parseArguments } from '../arguments.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { EXIT, LabError, UsageError } from '../exit-codes.ts';
import { projectPath } from '../project.ts';
import { clusterTiming, loadClusterFile, timingProfile } from '../providers/cluster-file.ts';
import type { ClusterTiming, Provider } from '../providers/provider.ts';
import type { WrittenReport } from '../report/write.ts';
import { loadScenario, type Scenario } from '../scenario/load-scenario.ts';
import { bringUp, connect } from './bring-up.ts';
import type { Command, CommandContext } from './command.ts';
import { PROVIDER_OPTIONS, PROVIDER_USAGE, providerFrom } from './provider-options.ts';
import { reportProgress, standardErrorOutput } from './progress.ts';

const OPTIONS = {
  ...PROVIDER_OPTIONS,
  profile: { type: 'string' },
  seed: { type: 'string' },
  repeat: { type: 'string', default: '1' },
  reports: { type: 'string' },
  keep: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
} as const;

const SEED_LIMIT = 2 ** 31;

export const scenario: Command = {
  usage: `npm run scenario -- NAME|FILE ${PROVIDER_USAGE} [--profile fast|default] [--seed N] [--repeat N] [--reports DIRECTORY] [--keep] [--json] [--dry-run]`,
  summary:
    'run a scenario and write its report; brings a lab up if none is, and takes it down again unless --keep is given',
  async run(args, context) {
    const { values, positionals } = parseArguments(args, OPTIONS, { min: 1, max: 1, usage: this.usage });
    const seed = parseNumber('seed', values.seed, SEED_LIMIT - 1) ?? Math.floor(Math.random() * SEED_LIMIT);
    const repeat = parseNumber('repeat', values.repeat, 1000)!;
    if (repeat === 0) throw new UsageError('--repeat takes a number from 1 on');
    const plan = await loadScenario(positionals[0]!);
    if (values['dry-run']) {
      const { printPlan } = await import('./plan.ts');
      printPlan(plan, await plannedTiming(values['timing-profile'] ?? values.profile), context.print);
      return EXIT.pass;
    }
    const provider = providerFrom(values);
    const base = values.reports ?? projectPath('reports');
    const reports = await withLab(provider, { ...values, context }, async (cluster) => {
      const written: WrittenReport[] = [];
      for (let index = 0; index < repeat; index++) {
        if (repeat > 1) context.say(`run ${index + 1} of ${repeat}`);
        const report = await runOnce(plan, cluster, provider, { seed: (seed + index) % SEED_LIMIT, base, context });
        written.push(report);
        if (!values.json) await printReport(report, context.print);
      }
      return written;
    });
    if (repeat === 1) {
      if (values.json) context.print(JSON.stringify(reports[0]!.model));
      return EXIT[reports[0]!.outcome];
    }
    return summariseRuns(reports, base, values.json, context.print);
  },
};

/** Without asking any cluster: the one a lab would be brought up with. */
async function plannedTiming(profile: string | undefined): Promise<ClusterTiming> {
  const file = await loadClusterFile();
  const name = profile ?? file.timing.profile;
  return clusterTiming(timingProfile(file, name), `timing profile ${name}`);
}

/** Uses the lab that is up, or one brought up for this and taken down again, also after a failure. */
async function withLab<T>(
  provider: Provider,
  options: { profile?: string | undefined; keep: boolean; context: CommandContext },
  work: (cluster: Cluster) => Promise<T>,
): Promise<T> {
  const { context } = options;
  const { say, signal } = context;
  const existing = await provider.find();
  context.onForce(() => say(`forced: run "npm run lab:down" to clean up what is left`));
  if (existing === undefined) say('bringing the lab up');
  else if (options.profile !== undefined)
    throw new LabError('a lab is up already; its timing profile cannot be changed: lab:down first');
  const startedAt = performance.now();
  const cluster =
    existing === undefined
      ? (await bringUp(provider, { profile: options.profile, say, signal })).cluster
      : await connect(existing);
  if (existing === undefined) say(`the lab is up after ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  try {
    return await work(cluster);
  } finally {
    if (existing === undefined && !options.keep) await provider.down({ deleteData: false, say });
  }
}

async function runOnce(
  plan: Scenario,
  cluster: Cluster,
  provider: Provider,
  { seed, base, context }: { seed: number; base: string; context: CommandContext },
): Promise<WrittenReport> {
  const [{ runScenario }, { writeReport }] = await Promise.all([
    import('../scenario/run.ts'),
    import('../report/write.ts'),
  ]);
  const progress = reportProgress(standardErrorOutput(context.say));
  const { history, attachments } = await runScenario(plan, cluster, provider, {
    seed,
    signal: context.signal,
    progress,
  });
  return writeReport(history, base, attachments);
}

async function printReport({ model, directory }: WrittenReport, print: (line: string) => void): Promise<void> {
  const { consoleSummary } = await import('../report/console.ts');
  // Says no when NO_COLOR is set or nobody is there to see colours.
  const colour = process.stdout.isTTY && process.stdout.hasColors();
  for (const line of consoleSummary(model, directory, { colour })) print(line);
}

/** Writes the summary beside the runs; the exit code is that of the worst run. */
async function summariseRuns(
  reports: WrittenReport[],
  base: string,
  json: boolean,
  print: (line: string) => void,
): Promise<(typeof EXIT)[WrittenReport['outcome']]> {
  const { passedWords, renderReplicates, summarise } = await import('../report/replicates.ts');
  const { writeReplicates } = await import('../report/write.ts');
  const summary = summarise(reports.map(({ model }) => model));
  const file = await writeReplicates(join(base, summary.scenario), summary, renderReplicates(summary));
  if (json) {
    const runs = reports.map(({ directory, model }) => ({ directory, report: model }));
    print(JSON.stringify({ summary, runs }));
  } else {
    print(passedWords(summary));
    print(`summary: ${file}`);
  }
  return EXIT[summary.outcome];
}

/** Undefined when the option is not given. Throws UsageError. */
function parseNumber(option: string, text: string | undefined, most: number): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,10}$/.test(text) || Number(text) > most)
    throw new UsageError(`--${option} takes a whole number up to ${most}, not "${text}"`);
  return Number(text);
}
