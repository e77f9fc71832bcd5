import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT, sourceFiles } from './source-files.ts';

/** The folders in the first column of the tables of a page. */
function foldersIn(page: string): string[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  return [...text.matchAll(/^\| `([^`]+)\/` \|/gm)].map(([, folder = '']) => folder).sort();
}

/** Every folder below `root` that holds a file, as a path from there. */
function foldersBelow(root: string): string[] {
  const parts = sourceFiles()
    .filter(file => file.startsWith(root))
    .map(file => file.slice(root.length).split('/'));
  const folders = parts.flatMap(names => names.slice(0, -1).map((_, i) => names.slice(0, i + 1).join('/')));
  return [...new Set(folders)].sort();
}

const depth = (folder: string): number => folder.split('/').length;

test('CONTRIBUTING names every folder of the repository, and in workspaces and their like one level more', () => {
  const wanted = foldersBelow('').filter(folder => {
    if (folder.startsWith('.') || folder.startsWith('charts/') || folder.startsWith('images/')) return false;
    if (folder.startsWith('party/')) return false;
    return depth(folder) === 1 || depth(folder) === (/^(crds|operator|runtime)\//.test(folder) ? 3 : 2);
  });
  const isSource = (folder: string): boolean => !/^(crds|operator|runtime)\/(?!src\/)/.test(folder);
  assert.deepEqual(foldersIn('CONTRIBUTING.md'), wanted.filter(isSource));
});

test('the README of the party names every folder of the party but those for tests', () => {
  const wanted = foldersBelow('party/src/').filter(folder => !/(^|\/)testing$/.test(folder));
  assert.deepEqual(foldersIn('party/README.md'), wanted);
});
