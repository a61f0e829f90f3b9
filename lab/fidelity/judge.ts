/** What is expected to differ does, and nothing else: verdicts on the answers of both sides. */
import type { Answer } from './case.ts';
import { type Divergence, divergences } from './compare.ts';
import type { Difference } from './differences.ts';
import { globMatches } from './glob.ts';

export interface Judgement {
  /** Divergences that no expected difference explains. */
  unexpected: Divergence[];
  /** Expected differences that were seen. */
  seen: Difference[];
}

export function judge(name: string, real: Answer, embedded: Answer, differences: readonly Difference[]): Judgement {
  const applicable = differences.filter((difference) => globMatches(difference.cases, name));
  const judgement: Judgement = { unexpected: [], seen: [] };
  for (const divergence of divergences(real, embedded)) {
    const reasons = applicable.filter((difference) => explains(difference, divergence));
    if (reasons.length === 0) judgement.unexpected.push(divergence);
    judgement.seen.push(...reasons);
  }
  return judgement;
}

function explains(difference: Difference, divergence: Divergence): boolean {
  if (!difference.paths.some((path) => globMatches(path, divergence.path))) return false;
  const { real } = difference;
  return real === undefined || real.test(JSON.stringify(divergence.real) ?? 'undefined');
}
