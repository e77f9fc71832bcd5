/** The files of this repository, as git lists them. */
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');

/** The files that git tracks, or would track, and that are there: paths from the root of the repository. */
export function sourceFiles(...patterns: readonly string[]): string[] {
  const gone = new Set(git('ls-files', '--deleted'));
  const files = git('ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate', '--', ...patterns);
  return files.filter(file => !gone.has(file));
}

/** Whether a file is a test, or what only tests use. Tests may look into any folder. */
export const isTest = (file: string): boolean => /\.test\.ts$|\/testing\//.test(file);

function git(command: string, ...args: readonly string[]): string[] {
  const output = execFileSync('git', [command, '-z', ...args], { cwd: ROOT, encoding: 'utf8' });
  return output.split('\0').filter(file => file !== '');
}
