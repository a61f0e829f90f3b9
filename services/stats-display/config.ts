/** Settings of stats-display; services/README.md lists them. */
import { readDatabaseConfig, type DatabaseConfig } from '../shared/database-config.ts';
import type { Environment } from '../shared/environment.ts';
import { readServiceConfig, type ServiceConfig } from '../shared/service-config.ts';

export interface Config extends ServiceConfig {
  database: DatabaseConfig;
  /** Between two live updates. */
  updateIntervalMs: number;
}

export function readConfig(environment: Environment): Config {
  return {
    ...readServiceConfig(environment),
    database: readDatabaseConfig(environment),
    updateIntervalMs: environment.integer('UPDATE_INTERVAL_MS', { default: 1000, min: 50, max: 60_000 }),
  };
}
