/** `lab:up`: the lab, running in the background until `lab:down`. */
import { parseArguments } from '../arguments.ts';
import { EXIT, UsageError } from '../exit-codes.ts';
import { bringUp } from './bring-up.ts';
import type { Command } from './command.ts';
import { PROVIDER_OPTIONS, PROVIDER_USAGE, providerFrom } from './provider-options.ts';
import { printAddresses } from './addresses.ts';

const OPTIONS = {
  ...PROVIDER_OPTIONS,
  profile: { type: 'string' },
  bundle: { type: 'string' },
  manifests: { type: 'string' },
} as const;

export const up: Command = {
  usage: `npm run lab:up -- ${PROVIDER_USAGE} [--profile fast|default] [--bundle DIRECTORY] [--manifests DIRECTORY]`,
  summary: 'bring the lab up and leave it running',
  async run(args, { signal, print, say, onForce }) {
    const { values } = parseArguments(args, OPTIONS, { min: 0, max: 0, usage: this.usage });
    const provider = providerFrom(values);
    if (values.bundle !== undefined && provider.name !== 'vagrant') {
      throw new UsageError('--bundle only means something with --provider vagrant');
    }
    const wasUp = (await provider.find()) !== undefined;
    onForce(() => say('forced: run "npm run lab:down" to clean up what is left'));
    const startedAt = performance.now();
    const { cluster } = await bringUp(provider, { ...values, say, signal });
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    print(
      wasUp
        ? `the lab was up already; manifests applied and ready after ${seconds} s`
        : `the lab is up after ${seconds} s`,
    );
    await printAddresses(cluster, print);
    for (const line of (await provider.status()).details) print(`  ${line}`);
    return EXIT.pass;
  },
};
