/** `lab:down`: everything stopped; the database's volume stays unless asked otherwise. */
import { parseArguments } from '../arguments.ts';
import { EXIT } from '../exit-codes.ts';
import type { Command } from './command.ts';
import { PROVIDER_OPTIONS, PROVIDER_USAGE, providerFrom } from './provider-options.ts';

const OPTIONS = { ...PROVIDER_OPTIONS, 'delete-data': { type: 'boolean', default: false } } as const;

export const down: Command = {
  usage: `npm run lab:down -- ${PROVIDER_USAGE} [--delete-data]`,
  summary: 'take the lab down; the data of the database stays unless --delete-data is given',
  async run(args, { print, say }) {
    const { values } = parseArguments(args, OPTIONS, { min: 0, max: 0, usage: this.usage });
    const provider = providerFrom(values);
    const startedAt = performance.now();
    const { wasUp, forced } = await provider.down({ deleteData: values['delete-data'], say });
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    const how = forced ? ' (it had to be killed)' : '';
    print(wasUp ? `the lab is down after ${seconds} s${how}` : 'no lab was up');
    return EXIT.pass;
  },
};
