/** The whole report, in the order in which it is read. */
import type { Block } from './blocks.ts';
import type { ReportModel } from './model.ts';
import { booksSection, ledgerSection } from './sections/accounts.ts';
import { environmentSection, reproduceSection } from './sections/environment.ts';
import { faultsSection } from './sections/faults.ts';
import { overviewSection, phaseSection } from './sections/phases.ts';
import { scalingSection } from './sections/scaling.ts';
import { summarySection, theorySection } from './sections/summary.ts';

export function reportBlocks(model: ReportModel): Block[] {
  return [
    ...summarySection(model),
    ...theorySection(model),
    ...overviewSection(model),
    ...scalingSection(model),
    ...model.phases.flatMap(phaseSection),
    ...faultsSection(model),
    ...ledgerSection(model),
    ...booksSection(model),
    ...environmentSection(model),
    ...reproduceSection(model),
  ];
}
