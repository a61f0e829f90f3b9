import t from 'tap';
import { compareWithRecorded } from './commands.ts';
import { GROUPS } from './groups.ts';

void t.test('the API answers as the recorded one did', async (t) => {
  const lines: string[] = [];
  const good = await compareWithRecorded({
    only: ['*'],
    groups: GROUPS.filter(({ quick }) => quick),
    say: (line) => lines.push(line),
  });
  t.ok(good, lines.filter((line) => !line.startsWith('ok ')).join('\n'));
  t.ok(lines.length > 100);
});
