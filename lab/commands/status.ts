/** `lab:status`: whether the lab is up, its pods and addresses. */
import { parseArguments } from '../arguments.ts';
import { appOf, isConditionTrue } from '../cluster/objects.ts';
import { EXIT } from '../exit-codes.ts';
import { printAddresses } from './addresses.ts';
import { connect } from './bring-up.ts';
import type { Command } from './command.ts';
import { PROVIDER_OPTIONS, PROVIDER_USAGE, providerFrom } from './provider-options.ts';
import { formatTable } from './table.ts';

const OPTIONS = { ...PROVIDER_OPTIONS } as const;

export const status: Command = {
  usage: `npm run lab:status -- ${PROVIDER_USAGE}`,
  summary: 'show whether the lab is up; exit code 0 if all pods are ready, 3 if not',
  async run(args, { print }) {
    const { values } = parseArguments(args, OPTIONS, { min: 0, max: 0, usage: this.usage });
    const provider = providerFrom(values);
    const { details } = await provider.status();
    const access = await provider.find();
    print(access === undefined ? 'the lab is down' : 'the lab is up');
    for (const line of details) print(`  ${line}`);
    if (access === undefined) return EXIT.lab;
    const cluster = await connect(access);
    await printAddresses(cluster, print);
    const pods = await cluster.pods();
    const rows = pods.map((pod) => [
      pod.metadata.name,
      appOf(pod),
      String(pod.spec.nodeName ?? ''),
      isConditionTrue(pod, 'Ready') ? 'ready' : String(pod.status?.phase ?? ''),
    ]);
    for (const line of formatTable(['pod', 'app', 'node', 'state'], rows)) print(line);
    return pods.length > 0 && pods.every((pod) => isConditionTrue(pod, 'Ready')) ? EXIT.pass : EXIT.lab;
  },
};
