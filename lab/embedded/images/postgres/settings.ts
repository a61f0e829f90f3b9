/** The official image's environment variables, and where the pod's network has PostgreSQL listen. */
import { readFileSync } from 'node:fs';

export interface PostgresSettings {
  user: string;
  /** Empty when none is given: fine for a database that exists. */
  password: string;
  database: string;
  dataDirectory: string;
  initdbArguments: string[];
  hostAuthMethod: string;
  initScriptDirectory: string;
  listen: { host: string; port: number };
}

/** Throws Error for a variable that is missing or given twice (POSTGRES_PASSWORD and POSTGRES_PASSWORD_FILE). */
export function readSettings(env: NodeJS.ProcessEnv): PostgresSettings {
  if (!env.PGDATA) throw new Error('PGDATA is not set');
  const user = fromEnvironment(env, 'POSTGRES_USER') || 'postgres';
  return {
    user,
    password: fromEnvironment(env, 'POSTGRES_PASSWORD'),
    database: fromEnvironment(env, 'POSTGRES_DB') || user,
    dataDirectory: env.PGDATA,
    initdbArguments: fromEnvironment(env, 'POSTGRES_INITDB_ARGS').split(/\s+/).filter(Boolean),
    hostAuthMethod: env.POSTGRES_HOST_AUTH_METHOD || 'scram-sha-256',
    initScriptDirectory: env.LAB_INITDB_DIRECTORY ?? '/docker-entrypoint-initdb.d',
    listen: listenAddress(env),
  };
}

/** The real address of the pod's port 5432 (or PGPORT): LAB_POD_PORTS is `5432=127.20.1.5:5432,...`. */
export function listenAddress(env: NodeJS.ProcessEnv): { host: string; port: number } {
  const port = env.PGPORT ?? '5432';
  const entry = env.LAB_POD_PORTS?.split(',').find((entry) => entry.startsWith(`${port}=`));
  const [host = env.LAB_POD_IP ?? '127.0.0.1', realPort = port] = entry?.slice(port.length + 1).split(':') ?? [];
  return { host, port: Number(realPort) };
}

function fromEnvironment(env: NodeJS.ProcessEnv, name: string): string {
  const file = env[`${name}_FILE`];
  if (file && env[name]) throw new Error(`both ${name} and ${name}_FILE are set (but are exclusive)`);
  return file ? readFileSync(file, 'utf8').replace(/\r?\n$/, '') : (env[name] ?? '');
}
