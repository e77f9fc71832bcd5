/** Runs the commands of the README's first five minutes line by line, as a newcomer types them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { installChart } from '../cluster/chart.ts';
import { run } from '../cluster/kubectl.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Returns the indented lines of a section. */
function commandsOf(section: string): readonly string[] {
  const [, text = ''] = readFileSync(join(ROOT, 'README.md'), 'utf8').split(`\n## ${section}\n`);
  const [body = ''] = text.split('\n## ');
  return [...body.matchAll(/^ {4}(\S.*)$/gm)].map(([, command = '']) => command);
}

const commands = commandsOf('The first five minutes').filter(command => !command.startsWith('make '));

before(() => installChart({ wait: true }));

test('the README has commands for the first five minutes', () => {
  assert.ok(commands.length >= 10);
});

for (const command of commands) {
  test(command, async () => {
    // before() has installed the chart with the images of this run; the server says whether the README's line would
    // install it
    const line = command.startsWith('helm ') ? `${command} --dry-run=server` : command;
    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', `cd '${ROOT}' && ${line}`]);
    if (command.startsWith('openssl ')) assert.match(stdout, /Signature Verified Successfully/);
  });
}
