/** What a scenario would do, for --dry-run. */
import { detectionSeconds } from '../checks/prediction.ts';
import { FAULTS } from '../faults/registry.ts';
import { planPhases, type Scenario } from '../scenario/load-scenario.ts';
import type { ClusterTiming } from '../providers/provider.ts';
import type { GenerateSection } from '../scenario/schema.ts';
import type { PlannedLoad } from '../scenario/plan-load.ts';

export function printPlan(scenario: Scenario, timing: ClusterTiming, print: (line: string) => void): void {
  const detection = detectionSeconds(timing);
  print(`${scenario.name}: ${scenario.title}`);
  for (const [app, replicas] of Object.entries(scenario.setup.scale)) print(`  setup: scale ${app} to ${replicas}`);
  for (const [app, variables] of Object.entries(scenario.setup.env)) {
    for (const [name, value] of Object.entries(variables)) print(`  setup: set ${name}=${value} on ${app}`);
  }
  for (const [service, change] of Object.entries(scenario.setup.service))
    print(`  setup: set ${JSON.stringify(change)} on Service ${service}`);
  print(`  a dead node is noticed within ${detection} s (${timing.source})`);
  for (const phase of planPhases(scenario, detection)) {
    print(`  phase ${phase.name}${phase.durationMs > 0 ? `, at least ${phase.durationMs / 1000} s` : ''}`);
    for (const load of phase.loads) print(`    load ${load.name}: ${describeLoad(load)}`);
    if (phase.generate) print(`    generate ${describeGeneration(phase.generate)}`);
    for (const { atMs, section } of phase.faults) {
      const kind = Object.keys(section).find((key) => key !== 'at')!;
      const selector = FAULTS[kind]!.describe((section as Record<string, unknown>)[kind]);
      print(`    fault at ${atMs / 1000} s: ${kind} (${selector})`);
    }
  }
  for (const expectation of scenario.expect) print(`  expect ${expectation}`);
}

function describeGeneration({ count, rate, keepAlive }: GenerateSection): string {
  const pace = rate === undefined ? 'as fast as answers come' : `${rate} per second`;
  const connection = keepAlive === undefined ? '' : keepAlive ? ', kept connections' : ', a new connection each';
  return `${count} logs with log-generator, ${pace}${connection}`;
}

function describeLoad(load: PlannedLoad): string {
  const pace = load.ratePerSecond === undefined ? `${load.connections} at a time` : `${load.ratePerSecond} per second`;
  const end = load.requests === undefined ? `for ${load.durationMs! / 1000} s` : `${load.requests} requests`;
  const connection = load.keepAlive ? 'kept connections' : 'a new connection each';
  const from = load.workers === undefined ? '' : `, from the cluster (workers: ${load.workers})`;
  return `${load.method} ${load.path} on ${load.target}, ${load.driver}, ${pace}, ${connection}, ${end}${from}`;
}
