import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RotationPolicy } from '@mpc-operator/crds/generated/api';
import { keyShareSet } from '../../../testing/objects.ts';
import { missingNames, selectedKeys } from './selected-keys.ts';

describe('the keys of a policy', () => {
  const key = (name: string, labels?: Record<string, string>) =>
    keyShareSet({}, { name, ...(labels ? { labels } : {}) });
  const keys = [key('b', { tier: 'hot', team: 'x' }), key('a', { tier: 'cold' }), key('c')];
  const names = (selection: RotationPolicy['spec']['keys']) => selectedKeys(selection, keys).map(k => k.metadata.name);

  test('are those it names', () => {
    assert.deepEqual(names({ names: ['c', 'a', 'gone'] }), ['a', 'c']);
    assert.deepEqual(missingNames({ names: ['c', 'gone'] }, keys), ['gone']);
    assert.deepEqual(missingNames({ selector: {} }, keys), []);
  });

  test('are those its selector matches', () => {
    const by = (key: string, operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist', values?: string[]) =>
      names({ selector: { matchExpressions: [{ key, operator, ...(values ? { values } : {}) }] } });
    assert.deepEqual(names({ selector: {} }), ['a', 'b', 'c']);
    assert.deepEqual(names({ selector: { matchLabels: { tier: 'hot', team: 'x' } } }), ['b']);
    assert.deepEqual(names({ selector: { matchLabels: { tier: 'cold', team: 'x' } } }), []);
    assert.deepEqual(by('tier', 'In', ['hot', 'cold']), ['a', 'b']);
    assert.deepEqual(by('tier', 'NotIn', ['hot']), ['a', 'c']);
    assert.deepEqual(by('team', 'Exists'), ['b']);
    assert.deepEqual(by('team', 'DoesNotExist'), ['a', 'c']);
  });
});
