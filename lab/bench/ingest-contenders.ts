/** Everything that takes `POST /logs` in the comparison, each as a process of its own in front of the same database. */
import { existsSync } from 'node:fs';
import { projectPath } from '../project.ts';
import { installPythonPeer } from './python-peer.ts';
import { ServerProcess, type ServerCommand } from './server-process.ts';

export type ContenderName =
  'no-op' | 'log-processor' | 'insert' | 'insert-prepared' | 'asyncpg' | 'psycopg-pool' | 'psycopg';

export type Contenders = Partial<Record<ContenderName, ServerProcess>>;

export const CONTENDER_TITLES: Record<ContenderName, string> = {
  'no-op': 'no-op handler with the same validation',
  'log-processor': 'log-processor',
  insert: 'Fastify and pg’s pool as its manual shows it, one INSERT per request',
  'insert-prepared': 'the same with prepared statements and 20 connections',
  asyncpg: 'FastAPI and asyncpg, one INSERT per request',
  'psycopg-pool': 'FastAPI and psycopg with a pool, one INSERT per request',
  psycopg: 'FastAPI and psycopg, one connection and INSERT per request',
};

const FASTAPI_STORES = ['asyncpg', 'psycopg-pool', 'psycopg'] as const;

/**
 * log-processor comes first, because it makes the tables that the others insert into. FastAPI is left out, and `say` is
 * told why, where Python's packages cannot be installed.
 *
 * @param environment where PostgreSQL is
 * @param directory for what has to be installed
 */
export async function startContenders(
  environment: Record<string, string>,
  directory: string,
  say: (line: string) => void,
): Promise<Contenders> {
  const contenders: Contenders = {};
  try {
    contenders['log-processor'] = await startLogProcessor(environment);
    contenders['no-op'] = await ServerProcess.start(node('services/log-processor/testing/no-op.ts', {}));
    contenders.insert = await startInsertPeer('manual', environment);
    contenders['insert-prepared'] = await startInsertPeer('prepared', environment);
    const python = await installPythonPeer(directory, projectPath('lab/bench/peers/fastapi/requirements.txt'));
    if ('missing' in python) say(`ingest: no comparison with FastAPI: ${python.missing}`);
    else {
      for (const store of FASTAPI_STORES) {
        contenders[store] = await ServerProcess.start(fastApi(python.interpreter, store, environment));
      }
    }
    return contenders;
  } catch (error) {
    await stopContenders(contenders);
    throw error;
  }
}

export async function stopContenders(contenders: Contenders): Promise<void> {
  await Promise.all(Object.values(contenders).map((server) => server.stop()));
}

/** @param options of node */
export function startLogProcessor(environment: Record<string, string>, options: string[] = []): Promise<ServerProcess> {
  return ServerProcess.start(node('services/log-processor/server.ts', environment, options));
}

function startInsertPeer(store: 'manual' | 'prepared', environment: Record<string, string>): Promise<ServerProcess> {
  return ServerProcess.start(node('lab/bench/peers/insert-per-request.ts', { ...environment, STORE: store }));
}

export function node(script: string, environment: Record<string, string>, options: string[] = []): ServerCommand {
  const file = projectPath(script);
  if (!existsSync(file)) throw new Error(`${script} is missing`);
  return {
    name: script,
    command: process.execPath,
    args: () => [...options, file],
    environment: { POD_NAME: 'bench', NODE_NAME: 'bench', DRAIN_DELAY_MS: '0', ...environment },
    readyPath: '/readyz',
  };
}

/** As uvicorn is run in production, with its fast parser and event loop, and without a line per request. */
function fastApi(interpreter: string, store: string, environment: Record<string, string>): ServerCommand {
  const app = projectPath('lab/bench/peers/fastapi');
  const options = ['--app-dir', app, '--host', '127.0.0.1', '--no-access-log', '--log-level', 'warning'];
  return {
    name: `FastAPI with ${store}`,
    command: interpreter,
    args: (port) => ['-B', '-m', 'uvicorn', 'app:app', ...options, '--port', String(port)],
    environment: { ...environment, STORE: store },
    readyPath: '/openapi.json',
  };
}
