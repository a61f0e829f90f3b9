import t from 'tap';
import { expand } from './expansion.ts';

void t.test('references are replaced as Kubernetes does', async (t) => {
  const cases: [text: string, expanded: string][] = [
    ['$(A)', 'a'],
    ['x$(A)$(B)y', 'xaby'],
    ['$(UNKNOWN)', '$(UNKNOWN)'],
    ['$$(A)', '$(A)'],
    ['$$$(A)', '$a'],
    ['$A ${A} $', '$A ${A} $'],
    ['$(A', '$(A'],
    ['$(toString)', '$(toString)'],
  ];
  for (const [text, expanded] of cases) t.equal(expand(text, { A: 'a', B: 'b' }), expanded, text);
});
