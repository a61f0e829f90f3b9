/** `lab:doctor`: known breakages of this machine and of a running cluster, each with its fix. */
import { EXIT } from '../exit-codes.ts';
import { parseArguments } from '../arguments.ts';
import { examineCluster, examineHost, type Examined } from '../doctor/examine.ts';
import { thisHost } from '../doctor/this-host.ts';
import { loadClusterFile } from '../providers/cluster-file.ts';
import { connect } from './bring-up.ts';
import type { Command } from './command.ts';
import { PROVIDER_OPTIONS, PROVIDER_USAGE, providerFrom } from './provider-options.ts';
import { formatTable } from './table.ts';

export const doctor: Command = {
  usage: `npm run lab:doctor -- ${PROVIDER_USAGE}`,
  summary: 'look for known breakages and say how to mend them; exit code 3 if something fails',
  async run(args, { print }) {
    const { values } = parseArguments(args, PROVIDER_OPTIONS, { min: 0, max: 0, usage: this.usage });
    const provider = providerFrom(values);
    const [file, host] = await Promise.all([loadClusterFile(), thisHost()]);
    const findings = await examineHost(provider.name, host, file);
    const access = await provider.find();
    if (access === undefined) print('no cluster is up: only this machine is looked at');
    else findings.push(...(await examineCluster(provider.name, await connect(access), file, host)));
    for (const line of report(findings)) print(line);
    return findings.some(({ state }) => state === 'fail') ? EXIT.lab : EXIT.pass;
  },
};

function report(findings: readonly Examined[]): string[] {
  const table = formatTable(
    ['check', 'state', 'what was seen'],
    findings.map(({ check, state, detail }) => [check, state, detail]),
  );
  const fixes = findings.filter(({ fix }) => fix !== undefined).map(({ check, fix }) => `  ${check}: ${fix}`);
  return fixes.length === 0 ? table : [...table, '', 'what to do:', ...fixes];
}
