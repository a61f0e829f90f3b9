/** `bench [NAME...]`: measures the lab itself and says which figures are reached. Never part of the tests. */
import { cpus, totalmem } from 'node:os';
import { parseArguments } from '../arguments.ts';
import type { Figure } from '../bench/figure.ts';
import { EXIT, UsageError } from '../exit-codes.ts';
import { didYouMean } from '../nearest.ts';
import type { Command } from './command.ts';
import { formatTable } from './table.ts';

type Bench = (say: (line: string) => void) => Promise<Figure[]>;

const BENCHES: Record<string, () => Promise<Bench>> = {
  startup: async () => (await import('../bench/startup.ts')).benchStartup,
  load: async () => (await import('../bench/load.ts')).benchLoad,
  api: async () => (await import('../bench/api.ts')).benchApi,
  report: async () => (await import('../bench/report.ts')).benchReport,
  proxy: async () => (await import('../bench/proxy.ts')).benchProxy,
  ingest: async () => (await import('../bench/ingest.ts')).benchIngest,
};

export const bench: Command = {
  usage: `npm run bench -- [${Object.keys(BENCHES).join('|')}]...`,
  summary: 'measure the lab itself on this machine, as medians of interleaved rounds',
  async run(args, { print, say }) {
    const { positionals } = parseArguments(args, {}, { min: 0, max: 20, usage: this.usage });
    const names = positionals.length > 0 ? positionals : Object.keys(BENCHES);
    for (const name of names) {
      if (!(name in BENCHES))
        throw new UsageError(`unknown bench "${name}"${didYouMean(name, Object.keys(BENCHES))}\nusage: ${this.usage}`);
    }
    const cpu = `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown processor'}`;
    print(
      `${cpu}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${process.arch}, Node ${process.version}`,
    );
    for (const name of names) {
      const figures = await (await BENCHES[name]!())(say);
      const rows = figures.map((figure) => [
        figure.name,
        `${Number(figure.value.toPrecision(3))} ${figure.unit}`.trim(),
        figure.target,
        figure.target === '' ? 'for information' : figure.reached ? 'reached' : 'NOT reached',
        figure.detail,
      ]);
      for (const line of formatTable([name, 'measured', 'target', '', 'how'], rows)) print(line);
    }
    return EXIT.pass;
  },
};
