import t from 'tap';
import { canonicalQuantity } from './quantity.ts';

void t.test('quantities in their canonical form', async (t) => {
  const cases: [string | number, string | undefined][] = [
    ['0.5', '500m'],
    ['1000m', '1'],
    ['1024Mi', '1Gi'],
    ['1.5Gi', '1536Mi'],
    ['0.1Mi', '104857600m'],
    ['123.4Ki', '126361600m'],
    ['1e3', '1e3'],
    ['12e6', '12e6'],
    ['1500M', '1500M'],
    ['1000', '1k'],
    ['128974848', '128974848'],
    ['-0.5', '-500m'],
    [2, '2'],
    ['0', '0'],
    ['0.0000000001', '1n'],
    ['', undefined],
    ['abc', undefined],
    ['1.2.3', undefined],
    ['1 Gi', undefined],
  ];
  for (const [text, canonical] of cases) t.equal(canonicalQuantity(text), canonical, String(text));
});
