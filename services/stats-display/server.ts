/** The program: `node services/stats-display/server.ts`. */
import { run } from '../shared/run.ts';
import { buildApp } from './app.ts';
import { readConfig } from './config.ts';

await run({ name: 'stats-display', readConfig, build: buildApp });
