import t from 'tap';
import { LOG_VARIANTS, logBody } from './log-body.ts';

interface Log {
  id: string;
  timestamp: string;
  level: string;
  service: string;
  message: string;
  attributes?: object;
}

const ID = '01234567-89ab-8003-8000-000000000001';
const text = (seed: number, seq: number) => logBody(ID, 1_700_000_000_000, seed, seq);
const logs = Array.from({ length: LOG_VARIANTS }, (_, seq) => JSON.parse(text(7, seq)) as Log);

void t.test('the same for the same seed and number, and different for others', async (t) => {
  t.equal(text(7, 5), text(7, 5));
  t.not(text(7, 5), text(8, 5));
  t.not(text(7, 5), text(7, 6));
  t.equal(text(7, 5), text(7, 5 + LOG_VARIANTS));
  t.ok(new Set(logs.map(({ message }) => message)).size > 0.85 * LOG_VARIANTS);
});

void t.test("valid by the services' contract, and varied", async (t) => {
  const allowed = new Set(['id', 'timestamp', 'level', 'service', 'message', 'attributes']);
  t.ok(logs.every((log) => Object.keys(log).every((key) => allowed.has(key))));
  t.ok(logs.every(({ id, timestamp }) => id === ID && timestamp === '2023-11-14T22:13:20.000Z'));
  t.ok(logs.every(({ message, service }) => message.length > 0 && service.length > 0));
  t.strictSame([...new Set(logs.map(({ level }) => level))].sort(), [
    'debug',
    'error',
    'fatal',
    'info',
    'trace',
    'warn',
  ]);
  t.equal(new Set(logs.map(({ service }) => service)).size, 9);
  t.ok(logs.some(({ attributes }) => attributes) && logs.some(({ attributes }) => !attributes));
  const infos = logs.filter(({ level }) => level === 'info').length;
  t.ok(infos > 0.5 * LOG_VARIANTS && infos < 0.62 * LOG_VARIANTS, `${infos} of ${LOG_VARIANTS} are infos`);
});

void t.test('ASCII, and every placeholder is filled', async (t) => {
  t.ok(logs.every((_, seq) => /^[\x20-\x7e]+$/.test(text(7, seq)) && !text(7, seq).includes('undefined')));
});
