/**
 * log-lab/test-server: an HTTP server that misbehaves on request, for trying out the cluster.
 *
 * GET /env, /healthz; POST /healthz/fail and /healthz/pass change what /healthz answers; POST /exit/CODE ends it;
 * POST /allocate/MEBIBYTES takes memory and keeps it. IGNORE_SIGTERM=1 makes it deaf to SIGTERM.
 */
import { createServer } from 'node:http';

const port = Number(process.env.PORT ?? 8080);
const kept: Buffer[] = [];
let healthy = true;

const actions: Record<string, (argument: string) => unknown> = {
  env: () => process.env,
  exit: (code) => setImmediate(() => process.exit(Number(code))).hasRef(),
  allocate: (mebibytes) => kept.push(Buffer.alloc(Number(mebibytes) * 2 ** 20, 1)),
  healthz: (wanted) => (healthy = wanted === '' ? healthy : wanted === 'pass'),
};

const server = createServer((request, response) => {
  const [name = '', argument = ''] = (request.url ?? '/').slice(1).split('/');
  const answer = actions[name]?.(argument);
  const failing = name === 'healthz' && argument === '' && !healthy;
  const found = answer === undefined ? 404 : 200;
  response.writeHead(failing ? 503 : found, { 'content-type': 'application/json' });
  response.end(JSON.stringify(answer ?? null));
});

server.listen(port, '0.0.0.0', () => console.log(`listening on ${port}`));
process.on('SIGTERM', () => {
  console.log('SIGTERM');
  if (process.env.IGNORE_SIGTERM !== '1') process.exit(0);
});
