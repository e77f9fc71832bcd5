import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { generatedFiles } from './main.ts';

test('every generated file follows from the schemas', () => {
  const root = join(import.meta.dirname, '../../..');
  const stale = [...generatedFiles()].filter(([path, text]) => readFileSync(join(root, path), 'utf8') !== text);
  assert.deepEqual(
    stale.map(([path]) => path),
    [],
    'run `make generate`',
  );
});
