/** Writes the JSON Schema of scenario files to docs/, where editors find it through each file's first line. */
import { writeFileSync } from 'node:fs';
import { projectPath } from '../project.ts';
import { ScenarioSchema } from './schema.ts';

writeFileSync(projectPath('docs', 'scenario.schema.json'), `${JSON.stringify(ScenarioSchema, null, 2)}\n`);
