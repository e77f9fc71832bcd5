import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseSync } from 'oxc-parser';
import { ROOT, sourceFiles } from './source-files.ts';

const COLUMNS = 120;

/** Files that are made by a program, or whose bytes decide whether the image of the nodes is built anew. */
const EXEMPT =
  /\/generated\/|^docs\/reference\/|^(crds|charts\/mpc-operator\/files\/crds)\/mpc\.|^hack\/bare\/|^test\/vectors\//;

const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const files = (...patterns: readonly string[]): string[] => sourceFiles(...patterns).filter(file => !EXEMPT.test(file));

/** A number has no place at which it could be broken. */
const isNumber = (line: string): boolean => /^\s*0x[0-9a-f]+n,$/.test(line);

/** The lines that are too long, as file:line. */
const tooLong = (file: string, lines: readonly string[]): string[] =>
  lines.flatMap((line, i) => ([...line].length > COLUMNS && !isNumber(line) ? `${file}:${i + 1}` : []));

/** The lines of a page without its tables, its code, and lines that a link makes long: those cannot be wrapped. */
function prose(page: string): string[] {
  let isCode = false;
  return page.split('\n').map(line => {
    if (line.startsWith('```')) isCode = !isCode;
    return isCode || /^(\|| {4})/.test(line) || /https?:\/\/\S{60}/.test(line) ? '' : line;
  });
}

/** The docstrings of a file that begin with "Of", with their places. */
function headless(file: string): string[] {
  const source = textOf(file);
  return parseSync(file, source)
    .comments.filter(({ type, value }) => type === 'Block' && value.startsWith('*'))
    .filter(({ value }) => /^\*\s*(\*\s*)?Of\b/.test(value))
    .map(({ start, value }) => `${file}:${source.slice(0, start).split('\n').length}: ${value.slice(1, 60).trim()}`);
}

test('no line of code, comment or script has more than 120 columns', () => {
  const sources = files('*.ts', '*.sh', '*.yaml', '*.tpl', 'Makefile', 'images/**');
  assert.deepEqual(
    sources.flatMap(file => tooLong(file, textOf(file).split('\n'))),
    [],
  );
});

test('no line of prose has more than 120 columns', () => {
  assert.deepEqual(
    files('*.md').flatMap(file => tooLong(file, prose(textOf(file)))),
    [],
  );
});

test('no docstring begins with "Of": a reader would have to guess its subject', () => {
  assert.deepEqual(files('*.ts').flatMap(headless), []);
});
