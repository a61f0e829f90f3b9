import t from 'tap';
import { TemplateCatalogue } from './template-catalogue.ts';
import { fingerprintOf, templateOf } from './template.ts';

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
