/** `lab:hosts`: the line that lets browsers find the lab by its name; everything else sends the name as a header. */
import { createInterface } from 'node:readline/promises';
import { parseArguments } from '../arguments.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { EXIT, LabError, UsageError } from '../exit-codes.ts';
import { Targets, type ResolvedTarget } from '../scenario/targets.ts';
import { connect } from './bring-up.ts';
import type { Command, CommandContext } from './command.ts';
import { changeFile, HOSTS_FILE, withLines, withoutLines } from './hosts-file.ts';
import { PROVIDER_OPTIONS, PROVIDER_USAGE, providerFrom } from './provider-options.ts';

const OPTIONS = {
  ...PROVIDER_OPTIONS,
  write: { type: 'boolean', default: false },
  remove: { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  file: { type: 'string', default: HOSTS_FILE },
} as const;

const PAGE = { target: 'ingress/stats-display', path: '/stats-display' };

export const hosts: Command = {
  usage: `npm run lab:hosts -- ${PROVIDER_USAGE} [--write | --remove] [--yes] [--file PATH]`,
  summary: 'print the line for /etc/hosts that browsers need; --write adds it, --remove takes it away again',
  async run(args, context) {
    const { values } = parseArguments(args, OPTIONS, { min: 0, max: 0, usage: this.usage });
    const { file, yes } = values;
    if (values.write && values.remove) throw new UsageError('give --write or --remove, not both');
    if (values.remove) {
      await agree(`take the lab's lines out of ${file}`, yes, context);
      const changed = await change(file, withoutLines, '');
      context.print(changed ? `the lab's lines are gone from ${file}` : `${file} has no lines of the lab`);
      return EXIT.pass;
    }
    const access = await providerFrom(values).find();
    if (access === undefined) throw new LabError('the lab is down: it has no address');
    const { host, port, hostHeader, isForwarded, via } = await pageTarget(await connect(access));
    if (isForwarded) {
      throw new LabError(
        `the ingress has no address that lasts (${via}); kubectl port-forward can be kept open instead`,
      );
    }
    const line = `${host} ${hostHeader}`;
    context.print(line);
    if (values.write) {
      await agree(`add this line to ${file}`, yes, context);
      const changed = await change(file, (text) => withLines(text, [line]), line);
      context.print(changed ? `added to ${file}; --remove takes it away again` : `${file} has it already`);
    }
    context.say(`then open http://${hostHeader}${port === 80 ? '' : `:${port}`}${PAGE.path}`);
    return EXIT.pass;
  },
};

async function pageTarget(cluster: Cluster): Promise<ResolvedTarget> {
  const targets = new Targets(cluster);
  try {
    return await targets.resolve(PAGE.target);
  } finally {
    await targets.close();
  }
}

/** Throws LabError when the user says no, UsageError when there is nobody to ask. */
async function agree(what: string, yes: boolean, { signal }: CommandContext): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY) throw new UsageError(`there is nobody to ask here: give --yes to ${what}`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${what}? [y/N] `, { signal }).finally(() => terminal.close());
  if (!/^y(es)?$/i.test(answer.trim())) throw new LabError('nothing was changed');
}

async function change(file: string, edit: (text: string) => string, line: string): Promise<boolean> {
  try {
    return await changeFile(file, edit);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'EACCES' && code !== 'EPERM' && code !== 'EROFS') {
      throw new LabError(`${file} cannot be changed: ${message}`, { cause: error });
    }
    const byHand = line === '' ? 'remove the lines by hand' : `add the line by hand: ${line}`;
    throw new LabError(`you may not change ${file}: run this with sudo, or ${byHand}`, { cause: error });
  }
}
