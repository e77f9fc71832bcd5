import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, type TestContext, test } from 'node:test';
import type { KeySpec } from '@mpc-operator/crds/control';
import type { SignRequest } from '@mpc-operator/crds/generated/api';
import { curves } from '../protocol/curve/curve.ts';
import { opensslVerifies } from '../protocol/signing/cggmp24/testing/openssl.ts';
import { parseCompact } from '../protocol/signing/ecdsa.ts';
import { PartyCluster, until } from '../testing/party-cluster.ts';

const PARTIES = [1, 2, 3];
const spec = (name: string, curve: 'secp256k1' | 'p256' = 'secp256k1'): KeySpec => ({
  name,
  curve,
  purpose: 'ecdsa',
  threshold: 2,
  parties: PARTIES,
});
const message = Buffer.from('a payment');
const fromHex = (hex = ''): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

type Status = NonNullable<SignRequest['status']>;

function verifies({ publicKey, signature }: Status): boolean {
  const { r, s } = parseCompact('secp256k1', fromHex(signature));
  return opensslVerifies(curves.secp256k1.decodePoint(fromHex(publicKey)), message, { r, s, recoveryId: 0 });
}

async function start(t: TestContext): Promise<PartyCluster> {
  const cluster = await PartyCluster.of(t, PARTIES);
  await cluster.makeAuxiliary(PARTIES);
  return cluster;
}

/** The presignatures that requests were signed from, whichever party led. */
const presignaturesUsed = (cluster: PartyCluster): unknown[] =>
  cluster.log.lines
    .filter(({ message: line }) => line === 'signed from a presignature')
    .map(({ fields }) => fields.presignature);

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('an ecdsa key', () => {
  test('signs interactively, and shows the signature in the forms that chains want', async t => {
    const cluster = await start(t);
    const { publicKey } = await cluster.makeShares(spec('k'));
    cluster.putKeyShareSet(spec('k'));
    cluster.putSignRequest('r', 'k', message);
    const status = await cluster.answer('r');
    assert.equal(status.phase, 'Succeeded', status.message);
    assert.equal(status.publicKey, publicKey);
    assert.equal(status.digest, sha256(message));
    assert.ok(verifies(status));
    assert.match(status.der ?? '', /^30/);
    assert.ok([0, 1].includes(status.recoveryId ?? -1));
  });

  test('signs from presignatures, of which each is used once, and interactively when there is none', async t => {
    const cluster = await start(t);
    await cluster.makeShares(spec('k'));
    cluster.putKeyShareSet(spec('k'), undefined, { presignatures: { target: 2, lowWater: 2 } });
    const stocked = async () => {
      const keys = await Promise.all(PARTIES.map(party => cluster.key(party, 'k')));
      return keys.every(key => key?.presignatures === 2) || undefined;
    };
    await until(stocked);
    for (let i = 0; i < 4; i++) cluster.putSignRequest(`r${i}`, 'k', message);
    for (let i = 0; i < 4; i++) {
      const status = await cluster.answer(`r${i}`);
      assert.equal(status.phase, 'Succeeded', status.message);
      assert.ok(verifies(status));
    }
    const used = presignaturesUsed(cluster);
    assert.ok(used.length > 0, 'at least the first was at hand');
    assert.equal(new Set(used).size, used.length);
    await until(stocked);
    cluster.putKeyShareSet(spec('k'), undefined, { presignatures: { target: 0, lowWater: 0 } });
    for (let i = 4; i < 12; i++) cluster.putSignRequest(`r${i}`, 'k', message);
    for (let i = 4; i < 12; i++) assert.ok(verifies(await cluster.answer(`r${i}`)));
    const all = presignaturesUsed(cluster);
    assert.equal(new Set(all).size, all.length);
    assert.ok(all.length < 12, 'three stocks of two do not do for twelve');
  });

  test('signs for its children, with and without presignatures, whose addresses it shows', async t => {
    const cluster = await start(t);
    await cluster.makeShares(spec('k'));
    const derivations = [{ path: 'm/44/60/0/0/7' }];
    const sign = async (name: string, path: string) => {
      cluster.putSignRequest(name, 'k', message, { derivationPath: path });
      const status = await cluster.answer(name);
      assert.equal(status.phase, 'Succeeded', status.message);
      assert.ok(verifies(status));
      return status.publicKey;
    };
    cluster.putKeyShareSet(spec('k'), undefined, { derivations });
    const child = await until(async () => (await cluster.key(1, 'k'))?.derivations?.[0]);
    assert.equal(child.path, 'm/44/60/0/0/7');
    assert.ok(child.addresses.some(({ chain }) => chain === 'ethereum'));
    assert.equal(await sign('interactive', child.path), child.publicKey);
    assert.deepEqual(presignaturesUsed(cluster), []);
    cluster.putKeyShareSet(spec('k'), undefined, { derivations, presignatures: { target: 1, lowWater: 1 } });
    await until(async () => {
      const keys = await Promise.all(PARTIES.map(party => cluster.key(party, 'k')));
      return keys.every(key => key?.presignatures === 1) || undefined;
    });
    assert.equal(await sign('presigned', child.path), child.publicKey);
    assert.equal(presignaturesUsed(cluster).length, 1);
  });
});
