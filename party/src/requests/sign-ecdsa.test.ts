import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pooled } from '../presignatures/pool.ts';
import { curves } from '../protocol/curve/curve.ts';
import { groupKey } from '../protocol/sharing/sharing.ts';
import { makeShares } from '../protocol/sharing/testing/keys.ts';
import { testParameters } from '../protocol/signing/cggmp24/testing/parameters.ts';
import { makeAuxiliary, makePresignature } from '../protocol/signing/cggmp24/testing/simulations.ts';
import { DataToSign } from '../protocol/signing/data-to-sign.ts';
import { untweaked } from '../protocol/signing/signing-key.ts';
import type { PartyEvent } from '../store/events.ts';
import { PresignatureUsed } from '../store/projections.ts';
import { fits, signWithPresignature } from './sign-ecdsa.ts';
import type { SigningDeps, SigningJob } from './signing-job.ts';

const curve = curves.secp256k1;
const shares = await makeShares('secp256k1', 2, 3);
const auxiliary = await makeAuxiliary(3);
const [first = assert.fail()] = shares;

async function makePooled(): Promise<Pooled> {
  const made = await makePresignature({ shares, auxiliary, signers: [1, 2], parameters: testParameters });
  const about = { keyId: 'k', epoch: 1, generation: 1, level: 112, curve: 'secp256k1', threshold: 2 } as const;
  return { id: 'ab'.repeat(32), ...about, signers: [1, 2], owner: 1, presignature: made.get(1) ?? assert.fail() };
}

const signing = (digest: 'sha256' | 'prehashed' = 'sha256'): SigningJob => ({
  ...{
    session: 's',
    request: 'u',
    keyId: 'k',
    epoch: 1,
    signers: [1, 2],
    timeout: 1000,
    signal: new AbortController().signal,
  },
  requested: { message: Buffer.alloc(32, 1), digest, path: [] },
});

/** The dependencies of a signer whose session ends with the result of `sign`. */
function optionsWith(events: PartyEvent[], append: (e: readonly PartyEvent[]) => void, sign: () => unknown) {
  return {
    store: {
      append: async (appended: readonly PartyEvent[]) => {
        append(appended);
        await new Promise(resolve => setImmediate(resolve));
        events.push(...appended);
        return [];
      },
    },
    ecdsaHost: { conduct: async () => ({ result: sign() }) },
    // the code under test uses only these
  } as unknown as SigningDeps;
}

const parentKey = async () => untweaked(curve, groupKey(first.sharing));

test('D1: what a presignature is used for is on the disk before its session begins', async () => {
  const events: PartyEvent[] = [];
  const seen: number[] = [];
  const options = optionsWith(
    events,
    () => {},
    () => {
      seen.push(events.length);
      throw new Error('the session');
    },
  );
  await assert.rejects(signWithPresignature(options, signing(), await makePooled(), parentKey), /the session/);
  assert.deepEqual(seen, [1]);
  const { digest } = DataToSign.of(Buffer.alloc(32, 1), 'sha256');
  const [event] = events;
  assert.deepEqual(event, {
    ...{ type: 'PresignatureConsumed', presignature: 'ab'.repeat(32), request: 'u', path: 'm' },
    digest: Buffer.from(digest).toString('hex'),
  });
});

test('D1: one that was used before begins no session, and is gone', async () => {
  const used = (): never => {
    throw new PresignatureUsed('x');
  };
  const options = optionsWith([], used, () => assert.fail('a session began'));
  const pooled = await makePooled();
  await assert.rejects(signWithPresignature(options, signing(), pooled, parentKey), PresignatureUsed);
  assert.throws(() => pooled.presignature.take(), /second time/);
});

test('D3: a bare digest, whose message no party has seen, is never signed from a presignature', async () => {
  const options = optionsWith(
    [],
    () => assert.fail('recorded'),
    () => assert.fail('a session began'),
  );
  await assert.rejects(
    signWithPresignature(options, signing('prehashed'), await makePooled(), parentKey),
    /never signed from a presignature/,
  );
});

test('a signature that does not verify is not handed out', async () => {
  const wrong = { r: curve.scalar(1n), s: curve.scalar(1n), recoveryId: 0 };
  const options = optionsWith(
    [],
    () => {},
    () => wrong,
  );
  await assert.rejects(signWithPresignature(options, signing(), await makePooled(), parentKey), /not handed out/);
});

test('D4: a presignature is led with by its owner, for its key, epoch and signers', async () => {
  const pooled = await makePooled();
  assert.ok(fits(pooled, 1, signing()));
  assert.ok(!fits(pooled, 2, signing()));
  assert.ok(!fits(pooled, 1, { ...signing(), epoch: 2 }));
  assert.ok(!fits(pooled, 1, { ...signing(), keyId: 'l' }));
  assert.ok(!fits(pooled, 1, { ...signing(), signers: [1, 3] }));
});
