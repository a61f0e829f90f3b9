import t from 'tap';
import { Row } from './csv-row.ts';

void t.test('fields of a part of a text', async (t) => {
  const row = new Row();
  const bytes = Buffer.from('before\na,,"b, ""c""","",é\nafter');
  t.equal(row.cut(bytes, 7), bytes.lastIndexOf('\n'));
  t.strictSame(
    Array.from({ length: row.length }, (_, column) => row.word(column)),
    ['a', '', 'b, "c"', '', 'é'],
  );
  t.equal(row.text, 'a,,"b, ""c""","",é');
  row.cut(Buffer.from('x,y\n'), 0);
  t.strictSame([row.length, row.word(1)], [2, 'y'], 'the next line replaces it');
  t.equal(row.cut(Buffer.from('x,y'), 0), -1, 'a line has an end');
});

void t.test('numbers are read as Number() reads them', async (t) => {
  const made = Array.from({ length: 5000 }, (_, index) => String(Math.round(index * 7_654_321.123) / 1000));
  const exact = ['0', '201', '-1', '0.1', '4503599627370.497', '123456789012345', '0.30000000000000004', '1e3', '5.'];
  const row = new Row();
  const fields = [...made, ...exact, 'soon', '.', '1.2.3', '12x'];
  row.cut(Buffer.from(`${fields.join()}\n`), 0);
  t.strictSame(
    fields.map((_, column) => row.number(column)),
    fields.map(Number),
  );
  row.cut(Buffer.from(',\n'), 0);
  t.ok(Number.isNaN(row.number(0)), 'an empty field is none');
});

void t.test('words with the same hash are told apart', async (t) => {
  // 'Aa' and 'BB' have the same sum of powers of 31, and so has whatever is made of them.
  const words = ['AaAa', 'BBBB', 'AaBB', 'BBAa', 'AaAa'];
  const row = new Row();
  row.cut(Buffer.from(`${words.join()}\n`), 0);
  t.strictSame(
    words.map((_, column) => row.word(column)),
    words,
  );
});

void t.test('what is no UTF-8 is no word', async (t) => {
  const row = new Row();
  row.cut(Buffer.from([0x61, 0x2c, 0xff, 0x0a]), 0);
  t.equal(row.word(0), 'a');
  t.throws(() => row.word(1), TypeError);
});
