import t from 'tap';
import { judge } from './judge.ts';

const late = { cases: 'pods/*', paths: ['*.reason'], real: /Late/, reason: 'An example.' };

void t.test('what is expected to differ is no failure, what is not is one', async (t) => {
  t.same(judge('pods/one', { reason: 'Late' }, { reason: 'Early' }, [late]), {
    unexpected: [{ path: 'reason', real: 'Late', embedded: 'Early' }],
    seen: [],
  });
  const nested = judge('pods/one', { a: { reason: 'Late' } }, { a: { reason: 'Early' } }, [late]);
  t.same(nested, { unexpected: [], seen: [late] });
});

void t.test('a difference holds only for its cases, its paths and the real value that it names', async (t) => {
  const real = { a: { reason: 'Late' } };
  const embedded = { a: { reason: 'Early' } };
  t.equal(judge('nodes/one', real, embedded, [late]).unexpected.length, 1);
  t.equal(judge('pods/one', { a: { message: 'Late' } }, { a: {} }, [late]).unexpected.length, 1);
  t.equal(judge('pods/one', { a: { reason: 'Other' } }, embedded, [late]).unexpected.length, 1);
});
