import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, type TestContext, test } from 'node:test';
import type { KeySpec } from '@mpc-operator/crds/control';
import type { SignRequest } from '@mpc-operator/crds/generated/api';
import { curves } from '../curve/curve.ts';
import { opensslVerifies } from '../signing/cggmp24/testing/openssl.ts';
import { parseCompact } from '../signing/ecdsa.ts';
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
    const used = cluster.log.lines.filter(({ message: line }) => line === 'signed from a presignature');
    assert.ok(used.length > 0, 'at least the first was at hand');
    await until(stocked);
  });

  test('signs for its children, with and without presignatures, whose addresses it shows', async t => {
    const cluster = await start(t);
    await cluster.makeShares(spec('k'));
    const derivations = [{ path: 'm/44/60/0/0/7' }];
    cluster.putKeyShareSet(spec('k'), undefined, { derivations });
    const child = await until(async () => (await cluster.key(1, 'k'))?.derivations?.[0]);
    assert.equal(child.path, 'm/44/60/0/0/7');
    assert.ok(child.addresses.some(({ chain }) => chain === 'ethereum'));
    cluster.putSignRequest('interactive', 'k', message, { derivationPath: child.path });
    const status = await cluster.answer('interactive');
    assert.equal(status.phase, 'Succeeded', status.message);
    assert.equal(status.publicKey, child.publicKey);
    assert.ok(verifies(status));
  });
});
