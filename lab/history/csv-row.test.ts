import t from 'tap';
import { Row } from './csv-row.ts';

void t.test('fields of a part of a text', async (t) => {
  const row = new Row();
  const text = 'before\na,,"b, ""c""","",d\nafter';
  row.cut(text, 7, text.lastIndexOf('\n'));
  t.strictSame(
    Array.from({ length: row.length }, (_, column) => row.word(column)),
    ['a', '', 'b, "c"', '', 'd'],
  );
  row.cut('x,y', 0, 3);
  t.strictSame([row.length, row.word(1)], [2, 'y'], 'the next line replaces it');
});

void t.test('numbers are read as Number() reads them', async (t) => {
  const made = Array.from({ length: 5000 }, (_, index) => String(Math.round(index * 7_654_321.123) / 1000));
  const exact = ['0', '201', '-1', '0.1', '4503599627370.497', '123456789012345', '0.30000000000000004', '1e3', '5.'];
  const row = new Row();
  const fields = [...made, ...exact, 'soon', '.', '1.2.3', '12x'];
  const line = fields.join();
  row.cut(line, 0, line.length);
  t.strictSame(
    fields.map((_, column) => row.number(column)),
    fields.map(Number),
  );
  row.cut(',', 0, 1);
  t.ok(Number.isNaN(row.number(0)), 'an empty field is none');
});
