/** `report render|verify|compare`: works on stored runs, without a cluster. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArguments } from '../arguments.ts';
import { EXIT, type ExitCode, UsageError } from '../exit-codes.ts';
import { didYouMean } from '../nearest.ts';
import { compareStored, renderComparison } from '../report/compare.ts';
import { verificationLines, verifyStored } from '../report/verify.ts';
import { renderStored } from '../report/write.ts';
import type { Command, CommandContext } from './command.ts';

const USAGE = 'npm run report -- render DIRECTORY... | verify DIRECTORY... | compare BASELINE CANDIDATE';

export const report: Command = {
  usage: USAGE,
  summary: "make a stored run's report anew, recompute every number of it from the raw files, or compare two runs",
  async run(args, context) {
    const { positionals } = parseArguments(args, {}, { min: 2, max: 100, usage: USAGE });
    const [action, ...directories] = positionals as [string, ...string[]];
    const actions = { render, verify, compare };
    if (!(action in actions)) {
      throw new UsageError(`unknown action "${action}"${didYouMean(action, Object.keys(actions))}\nusage: ${USAGE}`);
    }
    for (const directory of directories) await checkRun(directory);
    return actions[action as keyof typeof actions](directories, context);
  },
};

async function render(directories: string[], { print }: CommandContext): Promise<ExitCode> {
  for (const directory of directories) {
    const written = await renderStored(directory);
    print(`${written.directory}: ${written.model.outcome}`);
  }
  return EXIT.pass;
}

/** Exit code 1 when a file differs from what the report says, or a number cannot be recomputed. */
async function verify(directories: string[], { print }: CommandContext): Promise<ExitCode> {
  let agrees = true;
  for (const directory of directories) {
    const verification = await verifyStored(directory);
    for (const line of verificationLines(verification)) print(line);
    agrees &&= verification.agrees;
  }
  return agrees ? EXIT.pass : EXIT.fail;
}

async function compare(directories: string[], { print }: CommandContext): Promise<ExitCode> {
  if (directories.length !== 2) throw new UsageError(`compare takes two runs\nusage: ${USAGE}`);
  print(renderComparison(await compareStored([directories[0]!], [directories[1]!])));
  return EXIT.pass;
}

async function checkRun(directory: string): Promise<void> {
  await stat(join(directory, 'report.json')).catch(() => {
    throw new UsageError(`${directory} is not a run: it has no report.json`);
  });
}
