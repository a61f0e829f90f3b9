/**
 * The usual way to write log-processor with Fastify: one INSERT per request through pg's pool, committed before the answer.
 * It validates what log-processor validates, but derives no template and keeps no roll-ups. STORE says how it uses the pool:
 * `manual` as pg's manual shows it, `prepared` with prepared statements and as many connections as were fastest.
 */
import Fastify from 'fastify';
import { Pool } from 'pg';

const INSERT = `
  insert into logs (id, "timestamp", level, service, message, attributes, fingerprint, received_at, pod, node)
  values ($1, $2, $3, $4, $5, $6, '', now(), 'peer', 'peer') on conflict (id) do nothing`;

const SCHEMA = {
  type: 'object',
  required: ['id', 'timestamp', 'level', 'service', 'message'],
  additionalProperties: false,
  properties: {
    id: { type: 'string', format: 'uuid' },
    timestamp: { type: 'string', format: 'date-time' },
    level: { enum: ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] },
    service: { type: 'string', minLength: 1, maxLength: 255 },
    message: { type: 'string' },
    attributes: { type: 'object' },
  },
};

interface Log {
  id: string;
  timestamp: string;
  level: string;
  service: string;
  message: string;
  attributes?: object;
}

const isPrepared = process.env['STORE'] === 'prepared';
const pool = new Pool(isPrepared ? { max: 20, min: 20 } : {});
const statement = isPrepared ? { name: 'insert', text: INSERT } : { text: INSERT };
const app = Fastify({ bodyLimit: 64 * 1024 });
app.post<{ Body: Log }>('/logs', { schema: { body: SCHEMA } }, async (request, reply) => {
  const { id, timestamp, level, service, message, attributes } = request.body;
  const values = [id, timestamp, level, service, message, attributes ?? null];
  const { rowCount } = await pool.query({ ...statement, values });
  return reply.code(rowCount === 1 ? 201 : 200).send({ id, duplicate: rowCount !== 1 });
});
app.get('/readyz', async () => ({ status: 'ok' }));
await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) });
