/**
 * A process that makes the report of a large run, or verifies it from its stored files, and sends its parent what that
 * cost. Arguments: `make` and the directory for reports, or `verify` and the report's own.
 */
import type { FaultHistory, RunHistory } from '../history/history.ts';
import { loadBalanceRun } from '../history/testing-runs.ts';
import { verifyStored } from '../report/verify.ts';
import { writeReport } from '../report/write.ts';
import { OPERATIONS, type ReportCost } from './report.ts';

/** Every checker has something to do: each request has a connection and a row of its own, and halfway comes a fault. */
function largeRun(): RunHistory {
  const fault: FaultHistory = {
    phase: 'steady',
    kind: 'delete-pod',
    target: 'log-processor',
    selector: 'app: log-processor',
    plannedAt: 100_000,
    startedAt: 100_000,
    endedAt: 100_010,
    healedAt: null,
    evidence: [{ at: 100_010, what: 'the pod is gone' }],
    error: null,
  };
  return loadBalanceRun({ requests: OPERATIONS, ratePerSecond: 5000 }, { faults: [fault] });
}

/** Each answers the report's directory, and what its work took. */
const ACTIONS: Record<string, (directory: string) => Promise<Omit<ReportCost, 'megabytes'>>> = {
  make: async (reports) => {
    const run = largeRun();
    const time = stopwatch();
    const { directory } = await writeReport(run, reports);
    return { report: directory, ...time() };
  },
  verify: async (report) => {
    const time = stopwatch();
    const { problems } = await verifyStored(report);
    for (const { file, problem } of problems) throw new Error(`${file}: ${problem}`);
    return { report, ...time() };
  },
};

function stopwatch(): () => Pick<ReportCost, 'seconds' | 'processorSeconds'> {
  const startedAt = performance.now();
  const usedBefore = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(usedBefore);
    return { seconds: (performance.now() - startedAt) / 1000, processorSeconds: (user + system) / 1e6 };
  };
}

const [action, directory] = process.argv.slice(2);
const cost = await ACTIONS[action!]!(directory!);
// maxRSS is in KiB.
const megabytes = (process.resourceUsage().maxRSS * 1024) / 1e6;
process.send?.({ ...cost, megabytes } satisfies ReportCost);
