import t from 'tap';
import { checkExpectation, evaluate, parseExpectation } from './expectations.ts';

const PHASES = [
  { name: 'steady', loads: ['logs', 'reads'] },
  { name: 'failure', loads: ['logs'] },
];

const parse = (text: string) => parseExpectation(text, PHASES);

void t.test('reads metrics, operators, values and units', async (t) => {
  t.match(parse('ledger.lost == 0'), { metric: 'ledger.lost', operator: '==', value: 0 });
  t.match(parse('steady.distribution.nodes.verdict == random'), { value: 'random', unit: 'word' });
  t.match(parse('steady.requests.errorRate < 5 %'), { value: 0.05 });
  t.match(parse('steady.requests.errorRate<0.5%'), { value: 0.005 });
  t.match(parse('steady.logs.latency.p99Ms <= 1.5 s'), { value: 1500 });
  t.match(parse('failure.recovery.seconds <= 1 min'), { value: 60 });
  t.match(parse('overall.throughput.perSecond >= 100/s'), { value: 100 });
  t.match(parse('books.reconciled == true'), { value: true });
  t.match(parse('ledger.lost >= 1e3'), { value: 1000 });
});

void t.test('a time may be given relative to what the cluster needs to notice a dead node', async (t) => {
  const metrics = new Map([
    ['failure.recovery.seconds', 14],
    ['steady.latency.p99Ms', 9000],
  ]);
  const judged = (text: string, detectionSeconds: number | null) => evaluate(parse(text), metrics, detectionSeconds);
  t.match(judged('failure.recovery.seconds <= detection + 8 s', 7), {
    outcome: 'pass',
    reason: 'detection + 8 s is 15 s here',
  });
  t.equal(judged('failure.recovery.seconds <= detection + 8s', 5).outcome, 'fail');
  t.equal(judged('failure.recovery.seconds > detection', 7).outcome, 'pass');
  t.equal(judged('steady.latency.p99Ms <= detection+2s', 7).outcome, 'pass');
  t.match(judged('failure.recovery.seconds > detection', null), { outcome: 'unknown', reason: /timing is not known/ });
});

void t.test('says what is wrong', async (t) => {
  const problems: [text: string, problem: RegExp][] = [
    ['ledger.lots == 0', /there is no metric "ledger.lots"; did you mean "ledger.lost"\?/],
    ['steady.latency.p98Ms < 5', /did you mean "steady.latency.p9.Ms"/],
    ['recovery.recovery.seconds < 5', /there is no metric/],
    ['ledger.lost', /is no expectation; write METRIC OPERATOR VALUE/],
    ['ledger.lost = 0', /is no expectation/],
    ['ledger.lost == none', /"ledger.lost" is a number; "none" is none/],
    ['ledger.lost == 5 %', /cannot be given in "%"; it takes no unit/],
    ['steady.latency.p99Ms < 5 %', /it takes ms, s/],
    ['steady.distribution.nodes.verdict == randon', /never "randon"; it is one of .*did you mean "random"/],
    ['steady.distribution.nodes.verdict < random', /compare it with == or !=/],
    ['books.reconciled == yes', /one of true, false/],
    ['ledger.lost <= detection', /"ledger.lost" is no time: it cannot be compared with "detection"/],
    ['failure.recovery.seconds <= detection + 1 %', /cannot be given in "%"; it takes s, ms, min/],
    ['failure.recovery.seconds <= detection +', /is no expectation/],
  ];
  for (const [text, problem] of problems) t.match(checkExpectation(text, PHASES), problem, text);
  t.equal(checkExpectation('ledger.lost == 0', PHASES), undefined);
});

void t.test('judges', async (t) => {
  const metrics = new Map<string, number | string | { missing: string; atLeast?: number }>([
    ['ledger.lost', 2],
    ['steady.distribution.pods.verdict', 'too-few'],
    ['steady.latency.p99Ms', { missing: 'no request succeeded' }],
    ['failure.recovery.seconds', { missing: 'not yet', atLeast: 30 }],
  ]);
  const outcome = (text: string) => evaluate(parse(text), metrics, null).outcome;
  t.same(
    ['== 2', '!= 2', '< 2', '<= 2', '> 2', '>= 2'].map((rest) => outcome(`ledger.lost ${rest}`)),
    ['pass', 'fail', 'fail', 'pass', 'fail', 'pass'],
  );
  t.equal(outcome('steady.distribution.pods.verdict == random'), 'unknown');
  t.equal(outcome('steady.distribution.pods.verdict == too-few'), 'pass');
  t.equal(outcome('steady.latency.p99Ms < 5'), 'unknown');
  t.equal(outcome('steady.latency.p50Ms < 5'), 'unknown');
  t.equal(outcome('failure.recovery.seconds <= 60'), 'unknown');
  t.equal(outcome('failure.recovery.seconds <= 20'), 'fail');
});
