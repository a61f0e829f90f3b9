/** The question, the answer, and what was expected. */
import { type Block, heading, paragraph, tableIfAny } from '../blocks.ts';
import { formatSeconds, formatValue, NONE } from '../format.ts';
import type { ReportModel } from '../model.ts';

export const OUTCOME_WORDS = { pass: 'Pass', fail: 'Fail', unknown: 'Unknown' };

export function summarySection(model: ReportModel): Block[] {
  return [
    paragraph(`**Question.** ${model.scenario.question.trim()}`),
    { kind: 'outcome', outcome: model.outcome, text: model.answer },
    ...(model.reasons.length === 0 ? [] : [{ kind: 'list' as const, items: model.reasons }]),
    paragraph(
      `Run \`${model.run.id}\`, started ${model.run.startedAt}, ${formatSeconds(model.run.durationSeconds)} long, seed ${model.run.seed}.`,
    ),
    heading(2, 'Expectations'),
    ...tableIfAny(
      'What the scenario demands, and what was measured. Unknown means that the run does not allow to tell.',
      ['Expectation', '>Measured', 'Outcome', 'Remark'],
      model.expectations.map(({ text, measured, unit, outcome, reason }) => [
        `\`${text}\``,
        formatValue(measured, unit),
        OUTCOME_WORDS[outcome],
        reason ?? NONE,
      ]),
    ),
  ];
}

export function theorySection(model: ReportModel): Block[] {
  return [
    heading(2, 'What theory predicts'),
    ...model.scenario.theory
      .trim()
      .split(/\n\s*\n/)
      .map(paragraph),
  ];
}
