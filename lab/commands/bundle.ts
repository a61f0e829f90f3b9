/** `lab:bundle`: everything that the machines downloaded, in a directory that another place can provision from. */
import { parseArguments } from '../arguments.ts';
import { EXIT, LabError } from '../exit-codes.ts';
import { providerNamed } from '../providers/registry.ts';
import type { Command } from './command.ts';

export const bundle: Command = {
  usage: 'npm run lab:bundle -- DIRECTORY',
  summary:
    'put packages, images and manifests of the running virtual machines into a directory, for places without internet',
  async run(args, { print, say, signal }) {
    const { positionals } = parseArguments(args, {}, { min: 1, max: 1, usage: this.usage });
    const provider = providerNamed('vagrant');
    if ((await provider.find()) === undefined) {
      throw new LabError('the machines are not up: npm run lab:up -- --provider vagrant, where there is internet');
    }
    const { collectBundle } = await import('../providers/vagrant/bundle.ts');
    const lines = await collectBundle(positionals[0]!, { say, signal });
    for (const line of lines) print(line);
    return EXIT.pass;
  },
};
