/** Says which tests of a file of TAP failed, then counts the assertions in the one line that a CI reads. */
import { readFileSync } from 'node:fs';
import { Parser } from 'tap-parser';
import { stringify } from 'yaml';

interface Assertion {
  ok: boolean;
  skip?: unknown;
  todo?: unknown;
  /** Those of the file and of the tests around it and its own, joined by ` > `. */
  name: string;
  diag?: unknown;
}

const counts = { passed: 0, failed: 0, skipped: 0 };
for (const [event, result] of Parser.parse(readFileSync(process.argv[2]!, 'utf8'), { flat: true })) {
  if (event !== 'assert') continue;
  const { ok, skip, todo, name, diag } = result as Assertion;
  if (skip) counts.skipped += 1;
  else if (ok) counts.passed += 1;
  else if (!todo) {
    counts.failed += 1;
    console.log(`FAILED ${name}\n${stringify(diag)}`);
  }
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
