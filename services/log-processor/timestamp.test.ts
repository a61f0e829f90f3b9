import t from 'tap';
import { parseTimestamp } from './timestamp.ts';

void t.test('agrees with Date on what both understand', async (t) => {
  const texts = [
    '1970-01-01T00:00:00Z',
    '2024-02-29T23:59:59.125Z',
    '2026-01-31T08:15:00+05:30',
    '1999-12-31t00:00:00-23:59',
  ];
  for (const text of texts) t.equal(parseTimestamp(text), BigInt(Date.parse(text)) * 1000n, text);
});

void t.test('keeps microseconds and cuts off what is smaller', async (t) => {
  t.equal(parseTimestamp('1970-01-01T00:00:00.000001Z'), 1n);
  t.equal(parseTimestamp('1970-01-01T00:00:00.1234567+00:00'), 123_456n);
  t.equal(parseTimestamp('1970-01-01T00:00:00.5Z'), 500_000n);
});

void t.test('the ends of the range, and a leap second', async (t) => {
  t.equal(parseTimestamp('0001-01-01T00:00:00Z'), BigInt(Date.parse('0001-01-01T00:00:00Z')) * 1000n);
  t.equal(parseTimestamp('0000-02-29T00:00:00Z'), BigInt(Date.parse('0000-02-29T00:00:00Z')) * 1000n);
  t.equal(parseTimestamp('9999-12-31T23:59:59.999999Z'), BigInt(Date.parse('9999-12-31T23:59:59Z')) * 1000n + 999_999n);
  t.equal(parseTimestamp('2016-12-31T23:59:60Z'), parseTimestamp('2017-01-01T00:00:00Z'));
});

void t.test('refuses what is no date and time of RFC 3339', async (t) => {
  const texts = [
    '',
    '2026-01-31',
    '2026-01-31T08:15:00',
    '2026-01-31 08:15:00Z',
    '2026-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-01-01T00:00:61Z',
    '2026-01-01T00:00:00.Z',
    '2026-01-01T00:00:00+24:00',
    '2026-01-01T00:00:00+00:60',
    '2026-01-01T00:00:00+0000',
    '+02026-01-01T00:00:00Z',
    ' 2026-01-01T00:00:00Z',
  ];
  for (const text of texts) t.equal(parseTimestamp(text), undefined, text);
});
