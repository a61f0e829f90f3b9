/** Reading a stored report.json, checked against its schema. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { CorruptFile } from '../history/csv.ts';
import { type ReportModel, ReportSchema } from './model.ts';
import { REPORT_JSON } from './render.ts';

const validate = new Ajv({ allErrors: true }).compile<ReportModel>(ReportSchema);

/** Throws CorruptFile with every place where the file is not as the schema says. */
export async function readReport(directory: string): Promise<ReportModel> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(join(directory, REPORT_JSON), 'utf8'));
  } catch (cause) {
    throw new CorruptFile(REPORT_JSON, cause instanceof Error ? cause.message : String(cause), { cause });
  }
  if (validate(content)) return content;
  const problems = validate.errors?.map((error) => `${error.instancePath || '/'} ${error.message ?? ''}`) ?? [];
  throw new CorruptFile(REPORT_JSON, problems.join('; '));
}
