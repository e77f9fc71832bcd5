/**
 * `make test-mutation`: takes each guard of the attack list out in turn, in a copy of the sources, and expects its
 * tests to turn red. With `--only TEXT` it takes out only the guards whose row, file or test contains the text. With
 * `--table` it writes docs/reference/guards.md instead; with `--check` it fails if that page is not what the list says.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Guard, guards } from './guards.ts';
import { table } from './table.ts';

const root = join(import.meta.dirname, '../..');
const page = join(root, 'docs/reference/guards.md');
/** Milliseconds for the tests of one guard. A guard whose absence makes a test hang is noticed too. */
const TIME_LIMIT = 300_000;

/**
 * Copies the sources of the packages that tests of guards need: what is changed in the copy is changed nowhere else.
 */
function copySources(): string {
  const copy = mkdtempSync(join(tmpdir(), 'mutation-'));
  for (const folder of ['party', 'crds', 'runtime'])
    cpSync(join(root, folder), join(copy, folder), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

/** Runs the tests whose names begin with `tests`: returns how many pass, and how many fail. */
function runTests(copy: string, { test, tests }: Guard): { passed: number; failed: number } {
  const name = tests.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const args = [
    '--test',
    '--test-isolation=none',
    '--test-force-exit',
    '--test-reporter=tap',
    `--test-name-pattern=^${name}`,
    join(copy, test),
  ];
  const { stdout } = spawnSync(process.execPath, args, { cwd: copy, encoding: 'utf8', timeout: TIME_LIMIT });
  // a file that does not load fails under its own name, and counts for nothing
  const count = (result: string) => [...stdout.matchAll(new RegExp(`^ *${result} \\d+ - ${name}`, 'gm'))].length;
  return { passed: count('ok'), failed: count('not ok') };
}

/** Whether the tests of the guard turn red when the guard is gone. */
function isNoticed(copy: string, guard: Guard): boolean {
  const { file, code, without } = guard;
  const path = join(copy, file);
  const source = readFileSync(path, 'utf8');
  if (source.split(code).length !== 2) throw new Error(`${file} has not exactly one ${code}`);
  writeFileSync(
    path,
    source.replace(code, () => without),
  );
  const { failed } = runTests(copy, guard);
  writeFileSync(path, source);
  return failed > 0;
}

/** Checks that with all guards in place, every test that is to notice something is there and green. */
function checkTests(copy: string, chosen: readonly Guard[]): void {
  const distinct = new Map(chosen.map(guard => [`${guard.test}: ${guard.tests}`, guard]));
  for (const [name, guard] of distinct) {
    const { passed, failed } = runTests(copy, guard);
    if (passed === 0 || failed > 0) throw new Error(`${name}: ${passed} tests pass and ${failed} fail with all guards`);
  }
}

function run(only: string): void {
  const chosen = guards.filter(({ row, file, test }) => [row, file, test].some(text => text.includes(only)));
  const copy = copySources();
  checkTests(copy, chosen);
  const unnoticed: Guard[] = [];
  for (const [i, guard] of chosen.entries()) {
    const noticed = isNoticed(copy, guard);
    if (!noticed) unnoticed.push(guard);
    console.log(
      `${noticed ? 'red, as it must be' : 'GREEN WITHOUT IT'}  ` +
        `${i + 1}/${chosen.length}  ${guard.row}: ${guard.attack}`,
    );
  }
  rmSync(copy, { recursive: true });
  if (unnoticed.length > 0) {
    console.error(`${unnoticed.length} of ${chosen.length} guards can be taken out and no test notices`);
    process.exit(1);
  }
}

const { values } = parseArgs({
  options: { table: { type: 'boolean' }, check: { type: 'boolean' }, only: { type: 'string', default: '' } },
});
if (values.table) writeFileSync(page, table(guards));
else if (values.check) {
  if (readFileSync(page, 'utf8') !== table(guards)) {
    console.error('docs/reference/guards.md is not what test/mutation/guards.ts says: make generate');
    process.exit(1);
  }
} else run(values.only);
