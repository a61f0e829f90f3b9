/**
 * `npm run test:fidelity`: does the embedded cluster answer like a real one?
 *
 *   npm run test:fidelity                              against the answers kept in recorded/
 *   KUBECONFIG_REAL=FILE npm run test:fidelity         against that cluster, live
 *   KUBECONFIG_REAL=FILE npm run test:fidelity -- --record   keeps that cluster's answers
 *   npm run test:fidelity -- --only 'pods/*'           some cases
 *
 * Ends with 0 when nothing differs but what `differences.ts` expects, 1 otherwise.
 */
import { parseArgs } from 'node:util';
import { compareWithRecorded, compareLive, record } from './commands.ts';

const { values } = parseArgs({
  options: {
    record: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: ['*'] },
  },
});
const kubeconfig = process.env['KUBECONFIG_REAL'];
if (values.record && kubeconfig === undefined) {
  console.error('--record needs KUBECONFIG_REAL: the kubeconfig of a real cluster');
  process.exit(64);
}

const options = { only: values.only, say: (line: string) => console.log(line) };
let good: boolean;
if (kubeconfig === undefined) good = await compareWithRecorded(options);
else if (values.record) good = await record(kubeconfig, options);
else good = await compareLive(kubeconfig, options);
process.exitCode = good ? 0 : 1;
