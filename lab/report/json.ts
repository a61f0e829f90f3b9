/** report.json: the model, ended by a newline. */
import type { ReportModel } from './model.ts';

export function renderJson(model: ReportModel): string {
  return `${JSON.stringify(model, null, 2)}\n`;
}
