/** Prints report.schema.json: `node lab/report/print-schema.ts > lab/report/report.schema.json`. */
import { ReportSchema } from './model.ts';

process.stdout.write(`${JSON.stringify(ReportSchema, null, 2)}\n`);
