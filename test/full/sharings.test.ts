/**
 * Every committee of up to seven parties and every threshold: keygen, every size of quorum, and refresh, over a network
 * at its worst.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chaotic, results } from '@mpc-operator/party/protocol/session/simulator';
import { groupKey, type KeyShare } from '@mpc-operator/party/protocol/sharing/sharing';
import { simulateKeygen, simulateRefresh } from '@mpc-operator/party/protocol/sharing/testing/keys';
import { simulateSigning } from '@mpc-operator/party/protocol/signing/frost/testing/signing';
import { type FrostPurpose, publicKeys, schemes } from '@mpc-operator/party/protocol/signing/scheme';
import { verifies } from '../cluster/signing.ts';

const LARGEST = 7;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function publicKeyOf(purpose: FrostPurpose, shares: readonly KeyShare[]): string {
  const keys = new Set(
    shares.map(({ sharing }) => hex(publicKeys(purpose, sharing.curve, groupKey(sharing)).publicKey)),
  );
  assert.equal(keys.size, 1);
  return [...keys].join();
}

/** Returns a quorum of this size that begins at the given party, round the table. */
const quorum = (shares: readonly KeyShare[], size: number, first: number): readonly KeyShare[] =>
  [...shares, ...shares].slice(first % shares.length).slice(0, size);

async function everyQuorumSizeSigns(purpose: FrostPurpose, shares: readonly KeyShare[], seed: number): Promise<void> {
  const publicKey = publicKeyOf(purpose, shares);
  const threshold = shares[0]?.sharing.threshold ?? assert.fail();
  for (let size = threshold; size <= shares.length; size += 1) {
    const message = Buffer.alloc(32, size);
    const signers = quorum(shares, size, seed).toSorted((a, b) => a.party - b.party);
    for (const { result } of results(
      await simulateSigning(purpose, signers, message, { network: chaotic, seed }),
    ).values()) {
      assert.ok(verifies(purpose, publicKey, message, hex(result)), `${size} signers`);
    }
  }
}

for (const purpose of ['eddsa', 'taproot'] as const) {
  const { curve } = schemes[purpose];
  for (let n = 2; n <= LARGEST; n += 1) {
    for (let threshold = 2; threshold <= n; threshold += 1) {
      const claim = 'every quorum signs, before and after a refresh, under one public key';
      test(`${purpose}, ${threshold} of ${n}: ${claim}`, async () => {
        const seed = 100 * n + threshold;
        const made = results(await simulateKeygen({ curve, threshold }, n, { network: chaotic, seed }));
        const shares = [...made.values()].map(({ result }) => result.share);
        await everyQuorumSizeSigns(purpose, shares, seed);
        const after = results(await simulateRefresh(shares, { network: chaotic, seed }));
        const refreshed = [...after.values()].map(({ result }) => result);
        assert.equal(publicKeyOf(purpose, refreshed), publicKeyOf(purpose, shares));
        await everyQuorumSizeSigns(purpose, refreshed, seed + 1);
      });
    }
  }
}
