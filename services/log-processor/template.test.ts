import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import t from 'tap';
import { TemplateCatalogue } from './template-catalogue.ts';
import { fingerprintOf, MASKS, templateOf, VARIABLE } from './template.ts';

void t.test('masks what differs from one occurrence to the next', async (t) => {
  const cases: [message: string, template: string][] = [
    ['started', 'started'],
    ['took 12.5 ms, 3 retries', 'took <num> ms, <num> retries'],
    ['took 12ms on worker7', 'took <num>ms on worker<num>'],
    ['temperature -4.5', 'temperature <num>'],
    ['from 10.0.0.1:8080 to 192.168.1.254', 'from <ip> to <ip>'],
    ['from fe80::1ff:fe23:4567:890a and ::1', 'from <ip> and <ip>'],
    ['std::vector foo::bar', 'std::vector foo::bar'],
    ['order 3f2504e0-4f89-41d3-9a0c-0305e82c3301 paid', 'order <uuid> paid'],
    ['commit 9fceb02d0ae598e95dc970b74767f19372d61af8', 'commit <hex>'],
    ['pointer 0xDEADBEEF freed', 'pointer <hex> freed'],
    ['request fbafcbba', 'request <hex>'],
    ['a decade of facade', 'a decade of facade'],
    ['at 2026-01-31T08:15:00.125Z and 2026-01-31 and 08:15:00', 'at <time> and <time> and <time>'],
    ['user "Eve \'x\' 5" said `hi`', 'user <str> said <str>'],
    ["didn't find 'this one'", "didn't find <str>"],
    ['naïve 😀 7', 'naïve 😀 <num>'],
  ];
  for (const [message, template] of cases) t.equal(templateOf(message), template);
});

void t.test('masks just what the expression matches', async (t) => {
  const expression = new RegExp(VARIABLE, 'gi');
  const masked = (message: string) =>
    message.replace(expression, (...[match, ...groups]) => MASKS[groups.indexOf(match)]!).slice(0, 500);
  const pieces = [
    'a',
    'F',
    'x',
    'g',
    '0',
    '9',
    '12',
    '0x',
    '-',
    '+',
    ':',
    '.',
    '_',
    '/',
    ' ',
    '"',
    "'",
    '`',
    'é',
    '😀',
  ];
  const wholes = ['beef', '2026-01-31', '08:15:00', '::1', '10.0.0.1', '3f2504e0-4f89-41d3-9a0c-0305e82c3301'];
  const generator = xoroshiro128plus(1);
  const below = (limit: number) => (generator.next() >>> 0) % limit;
  const pick = () => [...pieces, ...wholes][below(pieces.length + wholes.length)]!;
  const makeMessage = () => Array.from({ length: 1 + below(12) }, pick).join('');
  const messages = Array.from({ length: 20_000 }, makeMessage);
  t.same(messages.filter((message) => templateOf(message) !== masked(message)).slice(0, 5), []);
});

void t.test('is bounded, also in time', async (t) => {
  t.equal(templateOf('x '.repeat(30_000)).length, 500);
  t.ok(templateOf(`${'x'.repeat(499)}😀`).isWellFormed());
  for (const piece of ['"', "'a", 'a', '0', ':', 'a:', '1.', '-', '0x', '1234-']) {
    const startedAt = performance.now();
    templateOf(piece.repeat(60_000 / piece.length));
    t.ok(performance.now() - startedAt < 1000, `60 kB of ${piece}`);
  }
});

void t.test('the fingerprint is fixed for all time: stored logs have it', async (t) => {
  t.equal(fingerprintOf('took <num> ms'), '602321fb9dd5dc07');
});

void t.test('the catalogue groups messages, and puts together what comes when it is full', async (t) => {
  const catalogue = new TemplateCatalogue(2);
  t.same(catalogue.templateFor('a 1'), catalogue.templateFor('a 2'));
  t.not(catalogue.templateFor('b 1').fingerprint, catalogue.templateFor('a 1').fingerprint);
  t.equal(catalogue.templateFor('c 1').text, '<other>');
  t.equal(catalogue.templateFor('a 3').text, 'a <num>');
  t.equal(catalogue.size, 2);
});

void t.test('the catalogue keeps templates, not the messages that they came from', async (t) => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const heapMiB = () => {
    collectGarbage();
    return process.memoryUsage().heapUsed / 2 ** 20;
  };
  const catalogue = new TemplateCatalogue(1000);
  const before = heapMiB();
  for (let first = 0; first < 1000; first++) {
    // As parsed from JSON, hence not made of parts that live elsewhere.
    catalogue.templateFor(JSON.parse(`"${String.fromCharCode(0x3400 + first)}${' x'.repeat(30_000)}"`) as string);
  }
  const grownMiB = heapMiB() - before;
  t.equal(catalogue.size, 1000);
  t.ok(grownMiB < 10, `${grownMiB.toFixed(1)} MiB for 1000 templates of 500 characters`);
});
