/** Settings of log-processor; services/README.md lists them. */
import { readDatabaseConfig, type DatabaseConfig } from '../shared/database-config.ts';
import type { Environment } from '../shared/environment.ts';
import { readServiceConfig, type ServiceConfig } from '../shared/service-config.ts';
import type { GroupCommitLimits } from './group-commit.ts';

export interface Config extends ServiceConfig {
  database: DatabaseConfig;
  ingest: GroupCommitLimits;
  /** Different templates that the pod tells apart. */
  templateLimit: number;
  /** Simulated work for experiments: time added to each request, and requests that may be in work at a time (0: any). */
  processingDelayMs: number;
  processingConcurrency: number;
}

const MIB = 1024 * 1024;

export function readConfig(environment: Environment): Config {
  return {
    ...readServiceConfig(environment),
    database: readDatabaseConfig(environment),
    ingest: {
      batchItems: environment.integer('INGEST_BATCH_LIMIT', { default: 1000, min: 1, max: 10_000 }),
      batchBytes: 8 * MIB,
      queueItems: environment.integer('INGEST_QUEUE_LIMIT', { default: 10_000, min: 1, max: 1_000_000 }),
      queueBytes: 64 * MIB,
      queueMs: environment.integer('INGEST_QUEUE_TIMEOUT_MS', { default: 2000, min: 1, max: 600_000 }),
    },
    templateLimit: environment.integer('TEMPLATE_LIMIT', { default: 2000, min: 1, max: 100_000 }),
    processingDelayMs: environment.integer('PROCESSING_DELAY_MS', { default: 0, min: 0, max: 60_000 }),
    processingConcurrency: environment.integer('PROCESSING_CONCURRENCY', { default: 0, min: 0, max: 10_000 }),
  };
}
