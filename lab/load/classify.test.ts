import t from 'tap';
import { endingOfAnswer, endingOfLoss, errorCode, readHead } from './classify.ts';

const outcomeOf = (statusCode: number, headers: string[] = []) =>
  endingOfAnswer(readHead({ statusCode, headers, shouldKeepAlive: true })).outcome;

void t.test('answers', async (t) => {
  const definite = { ok: [200, 201, 204, 299], fail: [301, 400, 404, 413, 415, 429, 500, 503] } as const;
  for (const status of definite.ok) t.equal(outcomeOf(status), 'ok', `${status}`);
  for (const status of definite.fail) t.equal(outcomeOf(status), 'fail', `${status}`);
  for (const status of [103, 502, 504]) t.equal(outcomeOf(status), 'info', `${status}`);
  t.equal(outcomeOf(503, ['X-Outcome', 'Unknown']), 'info', 'the service does not know itself');
  t.equal(outcomeOf(201, ['x-outcome', 'unknown']), 'ok', 'an acknowledgement is one');
});

void t.test('losses', async (t) => {
  t.equal(endingOfLoss('ECONNREFUSED', false).outcome, 'fail');
  t.equal(endingOfLoss('EHOSTUNREACH', false).outcome, 'fail');
  t.equal(endingOfLoss('ECONNRESET', true).outcome, 'info');
  t.strictSame(endingOfLoss('closed', true), { outcome: 'info', status: 0, pod: '', node: '', error: 'closed' });
});

void t.test('what a head tells', async (t) => {
  const headers = ['X-Pod', 'p-1', 'x-node', 'w1', 'Keep-Alive', 'timeout=5, max=100', 'date', 'now'];
  t.strictSame(readHead({ statusCode: 201, headers, shouldKeepAlive: true }), {
    status: 201,
    pod: 'p-1',
    node: 'w1',
    outcomeUnknown: false,
    reusable: true,
    idleLimitMs: 5000,
  });
  const bare = readHead({ statusCode: 500, headers: [], shouldKeepAlive: false });
  t.match(bare, { pod: '', node: '', reusable: false, idleLimitMs: Infinity });
});

void t.test('codes of errors', async (t) => {
  t.equal(errorCode(Object.assign(new Error('x'), { code: 'EPIPE' })), 'EPIPE');
  t.equal(errorCode(new Error('x')), 'bad-answer');
});
