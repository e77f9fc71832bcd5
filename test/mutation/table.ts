import type { Guard } from './guards.ts';

/** Returns the guards as a page for people. */
export function table(guards: readonly Guard[]): string {
  const rows = guards.map(
    ({ row, attack, file, test, tests }) => `| ${row} | ${attack} | \`${file}\` | \`${test}\`: ${tests} |`,
  );
  return [
    '# Guards of threshold ECDSA',
    '',
    'This page is made of `test/mutation/guards.ts` by `make generate`. ' +
      '`make test-mutation` takes each guard out in turn and expects its tests to turn red.',
    '',
    '| Row | Without the guard | Guard | Tests that turn red |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
