/** The program: `node services/log-generator/server.ts`. */
import { run } from '../shared/run.ts';
import { buildApp } from './app.ts';
import { readConfig } from './config.ts';

await run({ name: 'log-generator', readConfig, build: buildApp });
