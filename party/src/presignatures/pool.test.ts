import assert from 'node:assert/strict';
import { test } from 'node:test';
import { curves } from '../protocol/curve/curve.ts';
import { Presignature } from '../protocol/signing/cggmp24/presignature.ts';
import { type Pooled, PresignaturePool } from './pool.ts';

const curve = curves.secp256k1;
const one = curve.scalar(1n);
const binding = { keyId: 'k', epoch: 2, generation: 3 };

function pooled(id: string, changes: Partial<Pooled> = {}): Pooled {
  const nonce = { Gamma: curve.base, checks: new Map() };
  const terms = { id: new Uint8Array(32), key: curve.base, signers: [1, 2], seedCommitments: new Map(), nonce };
  const presignature = new Presignature(terms, { ...nonce, k: one, chi: one }, new Uint8Array(32));
  const about = { level: 112, curve: 'secp256k1', threshold: 2, signers: [1, 2], owner: 1 } as const;
  return { id, ...binding, ...about, presignature, ...changes };
}

const everybody = () => true;

test('D1: a presignature comes out of the pool once', () => {
  const pool = new PresignaturePool();
  pool.add(pooled('a'));
  assert.equal(pool.take('a')?.id, 'a');
  assert.equal(pool.take('a'), undefined);
  assert.equal(pool.count(1, binding, everybody), 0);
});

test('only its owner finds one, and only where all signers will do', () => {
  const pool = new PresignaturePool();
  pool.add(pooled('mine'));
  pool.add(pooled('theirs', { owner: 2 }));
  pool.add(pooled('others', { signers: [1, 3] }));
  assert.equal(pool.find(1, binding, everybody)?.id, 'mine');
  assert.equal(pool.find(1, binding, signer => signer !== 2)?.id, 'others');
  assert.equal(pool.find(2, binding, everybody)?.id, 'theirs');
  assert.equal(pool.find(3, binding, everybody), undefined);
  assert.deepEqual([pool.count(1, binding, everybody), pool.count(1, binding, signer => signer !== 2)], [2, 1]);
});

test('R: what is bound to another epoch or generation is not found, and is wiped', () => {
  const pool = new PresignaturePool();
  const old = [pooled('epoch', { epoch: 1 }), pooled('generation', { generation: 2 })];
  for (const p of [...old, pooled('now'), pooled('other key', { keyId: 'l' })]) pool.add(p);
  assert.equal(pool.count(1, binding, everybody), 1);
  assert.equal(pool.purge('k', binding), 2);
  for (const { presignature } of old) assert.throws(() => presignature.take(), /second time/);
  assert.ok(pool.get('now') && pool.get('other key'));
  assert.equal(pool.purge('k', undefined), 1, 'a key that is gone has none');
});

test('one of which a signer was started anew is wiped: the signer has its part no more', () => {
  const pool = new PresignaturePool();
  const starts = new Map([
    [1, 4],
    [2, 7],
    [3, 1],
  ]);
  const lost = pooled('lost', { starts });
  for (const p of [lost, pooled('kept', { starts, signers: [1, 3] }), pooled('old', {})]) pool.add(p);
  assert.deepEqual(pool.wipeLost(starts), []);
  assert.deepEqual(
    pool.wipeLost(
      new Map([
        [1, 4],
        [3, 1],
      ]),
    ),
    [],
    'party 2 was not heard of: it may be as before',
  );
  assert.deepEqual(pool.wipeLost(new Map([...starts, [2, 8]])), ['k']);
  assert.throws(() => lost.presignature.take(), /second time/);
  assert.ok(pool.get('kept') && pool.get('old'));
});

test('an owner that forgets what it has made does not fill the memory of others', () => {
  const pool = new PresignaturePool();
  for (let i = 0; i < 600; i++) pool.add(pooled(`${i}`, { owner: 2 }));
  assert.equal(pool.count(2, binding, everybody), 512);
  assert.equal(pool.get('87'), undefined);
  assert.ok(pool.get('88'));
});
