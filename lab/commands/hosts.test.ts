import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { CommandContext } from './command.ts';
import { changeFile, withLines, withoutLines } from './hosts-file.ts';
import { hosts } from './hosts.ts';

const OTHERS = '127.0.0.1 localhost\n::1 localhost\n';
const directory = mkdtempSync(join(tmpdir(), 'hosts-'));
t.teardown(() => rmSync(directory, { recursive: true }));

function contextOf(printed: string[] = []): CommandContext {
  const print = (line: string) => void printed.push(line);
  return { signal: new AbortController().signal, print, say: () => undefined, onForce: () => undefined };
}

void t.test('the lab’s lines come and go, the others stay', async (t) => {
  const once = withLines(OTHERS, ['192.168.56.240 lab.test']);
  t.equal(once, `${OTHERS}# log-lab begin\n192.168.56.240 lab.test\n# log-lab end\n`);
  t.equal(withLines(once, ['192.168.56.240 lab.test']), once, 'not twice');
  t.equal(withLines(once, ['10.0.0.1 lab.test']), once.replace('192.168.56.240', '10.0.0.1'), 'a new address');
  t.equal(withoutLines(`${once}10.0.0.9 later\n`), `${OTHERS}10.0.0.9 later\n`);
  t.equal(withoutLines(withLines('127.0.0.1 localhost', ['x'])), '127.0.0.1 localhost\n', 'a line that was not ended');
  t.equal(withoutLines('# log-lab begin\nmine\n'), '# log-lab begin\nmine\n', 'without its end it is not ours');
});

void t.test('the file is replaced in one step and keeps its mode, also behind a link', async (t) => {
  const file = join(directory, 'hosts');
  const link = join(directory, 'link');
  writeFileSync(file, OTHERS);
  chmodSync(file, 0o640);
  symlinkSync(file, link);
  const inode = statSync(file).ino;
  t.equal(await changeFile(link, (text) => withLines(text, ['1.2.3.4 lab.test'])), true);
  t.not(statSync(file).ino, inode);
  t.equal(statSync(file).mode & 0o777, 0o640);
  t.equal(await changeFile(link, (text) => withLines(text, ['1.2.3.4 lab.test'])), false);
  t.same(readdirSync(directory).toSorted(), ['hosts', 'link'], 'no draft is left');

  const printed: string[] = [];
  await hosts.run(['--remove', '--yes', '--file', link], contextOf(printed));
  await hosts.run(['--remove', '--yes', '--file', link], contextOf(printed));
  t.equal(readFileSync(file, 'utf8'), OTHERS);
  t.match(printed, [/are gone from/, /has no lines of the lab/]);
});

void t.test('nothing is changed without consent, or without the right', async (t) => {
  const file = join(directory, 'unasked');
  writeFileSync(file, withLines(OTHERS, ['1.2.3.4 lab.test']));
  await t.rejects(hosts.run(['--write', '--remove'], contextOf()), { name: 'UsageError' });
  if (!process.stdin.isTTY) {
    await t.rejects(hosts.run(['--remove', '--file', file], contextOf()), { message: /give --yes to take the lab's/ });
  }
  t.match(readFileSync(file, 'utf8'), '1.2.3.4');
  await t.rejects(hosts.run(['--remove', '--yes', '--file', join(directory, 'none')], contextOf()), {
    name: 'LabError',
    message: /cannot be changed: ENOENT/,
  });
  if (process.getuid?.() === 0) return t.comment('skipped: root may write everywhere');
  chmodSync(directory, 0o555);
  await t.rejects(hosts.run(['--remove', '--yes', '--file', file], contextOf()), {
    message: /run this with sudo, or remove the lines by hand/,
  });
  chmodSync(directory, 0o755);
});
