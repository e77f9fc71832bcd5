import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RotationPolicy } from '@mpc-operator/crds/generated/api';
import { keyShareSet } from '../../../testing/objects.ts';
import { missingNames, selectedKeys } from './selected-keys.ts';
import { selectionFault } from './selection-fault.ts';

describe('the keys of a policy', () => {
  const key = (name: string, labels?: Record<string, string>) =>
    keyShareSet({}, { name, ...(labels ? { labels } : {}) });
  const keys = [key('b', { tier: 'hot', team: 'x' }), key('a', { tier: 'cold' }), key('c')];
  const names = (selection: RotationPolicy['spec']['keys']) => selectedKeys(selection, keys).map(k => k.metadata.name);

  test('are those it names', () => {
    assert.deepEqual(names({ names: ['c', 'a', 'gone'] }), ['a', 'c']);
    assert.deepEqual(missingNames({ names: ['c', 'gone'] }, keys), ['gone']);
    assert.deepEqual(missingNames({ all: true }, keys), []);
  });

  test('are those its selector matches', () => {
    const by = (key: string, operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist', values?: string[]) =>
      names({ selector: { matchExpressions: [{ key, operator, ...(values ? { values } : {}) }] } });
    assert.deepEqual(names({ selector: { matchLabels: { tier: 'hot', team: 'x' } } }), ['b']);
    assert.deepEqual(names({ selector: { matchLabels: { tier: 'cold', team: 'x' } } }), []);
    assert.deepEqual(by('tier', 'In', ['hot', 'cold']), ['a', 'b']);
    assert.deepEqual(by('tier', 'NotIn', ['hot']), ['a', 'c']);
    assert.deepEqual(by('team', 'Exists'), ['b']);
    assert.deepEqual(by('team', 'DoesNotExist'), ['a', 'c']);
  });

  test('are all only if that is asked for in so many words', () => {
    assert.deepEqual(names({ all: true }), ['a', 'b', 'c']);
    for (const nothing of [
      {},
      { all: false },
      { selector: {} },
      { selector: { matchLabels: {} } },
      { selector: { matchExpressions: [] } },
    ]) {
      assert.deepEqual(names(nothing), [], JSON.stringify(nothing));
      assert.ok(selectionFault(nothing), JSON.stringify(nothing));
    }
  });
});

describe('a selection of keys', () => {
  const expression = (key: string, values: string[]): RotationPolicy['spec']['keys'] => ({
    selector: { matchExpressions: [{ key, operator: 'NotIn', values }] },
  });
  const labels = (matchLabels: Record<string, string>): RotationPolicy['spec']['keys'] => ({
    selector: { matchLabels },
  });
  const longest = 'x'.repeat(63);
  const subdomain = [...Array.from({ length: 3 }, () => longest), 'x'.repeat(61)].join('.');

  test('may have every label that an object can have', () => {
    for (const keys of [
      labels({ tier: 'hot', 'a.example.com/b_c.D-1': '', [`${subdomain}/${longest}`]: longest }),
      expression('app.kubernetes.io/name', ['a', '1', 'a_b.c-d', '']),
      { names: ['a'] },
      { all: true },
    ])
      assert.equal(selectionFault(keys), undefined, JSON.stringify(keys));
  });

  test('with a label that no object can have is a fault, with the value and the remedy', () => {
    for (const key of [
      '',
      'a b',
      '-a',
      'a-',
      'a/b/c',
      '/a',
      'a/',
      'A.b/c',
      'a..b/c',
      '_/c',
      'ü',
      `${longest}x`,
      `${subdomain}x/a`,
    ]) {
      for (const keys of [labels({ [key]: 'x' }), expression(key, ['x'])])
        assert.ok(selectionFault(keys)?.includes(`the label "${key}", which no object can have: give`), key);
    }
    for (const value of ['a b', '-a', 'a-', 'a/b', ' ', 'ü', '.', `${longest}x`]) {
      for (const keys of [labels({ tier: value }), expression('tier', ['hot', value])])
        assert.ok(selectionFault(keys)?.includes(`the value "${value}", which no label can have: give`), value);
    }
  });

  test('by several ways at once is a fault', () => {
    assert.match(selectionFault({ names: ['a'], all: true }) ?? '', /exactly one of names, selector and all: true/);
  });
});
