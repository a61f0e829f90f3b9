/** Where PostgreSQL is: the variables have the names that libpq gives them. */
import type { Environment } from './environment.ts';

export interface DatabaseConfig {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
  /** A statement or connection attempt without an answer for so long counts as lost. */
  timeoutMs: number;
}

export function readDatabaseConfig(environment: Environment): DatabaseConfig {
  return {
    host: environment.text('PGHOST', 'postgres'),
    port: environment.integer('PGPORT', { default: 5432, min: 1, max: 65_535 }),
    user: environment.text('PGUSER'),
    password: environment.text('PGPASSWORD'),
    database: environment.text('PGDATABASE'),
    timeoutMs: environment.integer('DATABASE_TIMEOUT_MS', { default: 900, min: 50, max: 60_000 }),
  };
}
