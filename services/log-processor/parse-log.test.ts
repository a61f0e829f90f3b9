import t from 'tap';
import { parseLog } from './parse-log.ts';

const VALID = {
  id: '3F2504E0-4f89-41d3-9a0c-0305e82c3301',
  timestamp: '2026-01-31T08:15:00Z',
  level: 'Warning',
  service: 'cart',
  message: 'took 5 ms',
};

const parse = (value: unknown) => parseLog(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)));

void t.test('a valid log in the form in which it is stored', async (t) => {
  const json = JSON.stringify({ ...VALID, attributes: { user: { id: 7 }, tags: ['a', null, true] } });
  t.same(parse(json).log, {
    id: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
    timestampMicros: BigInt(Date.parse(VALID.timestamp)) * 1000n,
    level: 'warn',
    service: 'cart',
    message: 'took 5 ms',
    attributes: '{"user":{"id":7},"tags":["a",null,true]}',
    bytes: json.length,
  });
  t.equal(parse(VALID).log?.attributes, null);
});

void t.test('names every field that is wrong', async (t) => {
  const cases: [value: unknown, fields: string[]][] = [
    ['', ['body']],
    ['{', ['body']],
    ['[]', ['body']],
    ['null', ['body']],
    ['"x"', ['body']],
    [{}, ['id', 'timestamp', 'level', 'service', 'message']],
    [{ ...VALID, id: 'x' }, ['id']],
    [{ ...VALID, timestamp: '2026-02-30T00:00:00Z', level: 'loud' }, ['timestamp', 'level']],
    [{ ...VALID, level: 5, message: null }, ['level', 'message']],
    [{ ...VALID, service: '' }, ['service']],
    [{ ...VALID, service: 'x'.repeat(256) }, ['service']],
    [{ ...VALID, attributes: [] }, ['attributes']],
    [{ ...VALID, attributes: null }, ['attributes']],
    [{ ...VALID, colour: 1, id: 5 }, ['colour', 'id']],
  ];
  for (const [value, fields] of cases) {
    const { errors } = parse(value);
    t.same(errors?.map(({ field }) => field).sort(), fields.toSorted(), JSON.stringify(value).slice(0, 80));
  }
});

void t.test('refuses what PostgreSQL cannot store', async (t) => {
  const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);
  const cases: [value: unknown, field: string][] = [
    [{ ...VALID, message: 'a\0b' }, 'message'],
    [{ ...VALID, service: '\0' }, 'service'],
    [{ ...VALID, attributes: { a: { b: ['\0'] } } }, 'attributes.a.b.0'],
    [{ ...VALID, attributes: { 'k\0': 1 } }, 'attributes'],
    [JSON.stringify({ ...VALID, message: 'MARK' }).replace('MARK', '\\ud800'), 'message'],
    [JSON.stringify({ ...VALID, attributes: { a: 'MARK' } }).replace('MARK', '\\udc00x'), 'attributes.a'],
    [JSON.stringify({ ...VALID, attributes: { a: 'MARK' } }).replace('"MARK"', '1e999'), 'attributes.a'],
    [{ ...VALID, attributes: { a: nested(40) } }, `attributes.a${'.0'.repeat(31)}`],
  ];
  for (const [value, field] of cases) t.match(parse(value).errors, [{ field }]);
  t.ok(parse({ ...VALID, attributes: { a: nested(31) } }).log);
  t.ok(parse({ ...VALID, message: 'a\\u0000b 😀 \u007f' }).log, 'a backslash before u0000 is just text');
  t.ok(parse(JSON.stringify({ ...VALID, attributes: { a: 'MARK' } }).replace('"MARK"', '['.repeat(30_000))).errors);
});

void t.test('refuses bytes that are not UTF-8', async (t) => {
  const bytes = Buffer.from(JSON.stringify({ ...VALID, message: 'é' }), 'latin1');
  t.match(parseLog(bytes).errors, [{ field: 'body', message: 'not valid UTF-8' }]);
});
