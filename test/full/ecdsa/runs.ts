/**
 * Threshold ECDSA at length: random signers over a network that delays, reorders and duplicates, first honest, and then
 * with one random change in one message of each run. ECDSA_RUNS sets the number of runs of each kind. An honest run
 * makes two signatures, one of them from a presignature. Moduli are those of tests; with ECDSA_LEVEL (112 or 128) they
 * are those of production, whose primes are made first.
 */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { curves } from '@mpc-operator/party/protocol/curve/curve';
import type { PartyId } from '@mpc-operator/party/protocol/session/party-id';
import { chaotic, results } from '@mpc-operator/party/protocol/session/simulator';
import { groupKey } from '@mpc-operator/party/protocol/sharing/sharing';
import { makeShares } from '@mpc-operator/party/protocol/sharing/testing/keys';
import { interactiveMessages } from '@mpc-operator/party/protocol/signing/cggmp24/interactive';
import { assertSound, byzantine } from '@mpc-operator/party/protocol/signing/cggmp24/testing/byzantine';
import { opensslVerifies } from '@mpc-operator/party/protocol/signing/cggmp24/testing/openssl';
import { testParameters } from '@mpc-operator/party/protocol/signing/cggmp24/testing/parameters';
import {
  makeAuxiliary,
  makePresignature,
  simulateOnline,
  simulateSigning,
} from '@mpc-operator/party/protocol/signing/cggmp24/testing/simulations';
import { DataToSign } from '@mpc-operator/party/protocol/signing/data-to-sign';
import { derive } from '@mpc-operator/party/protocol/signing/hd';
import { makeMaterial } from '../../bench/material.ts';

const RUNS = Number(process.env.ECDSA_RUNS ?? 2500);
const { ECDSA_LEVEL: LEVEL } = process.env;
const curve = curves.secp256k1;
const material = LEVEL === '112' || LEVEL === '128' ? await makeMaterial(LEVEL === '112' ? 112 : 128, 5) : undefined;
const parameters = material?.parameters ?? testParameters;
const auxiliary = await makeAuxiliary(5, material);
const chainCode = new Uint8Array(32).fill(7);

/** Returns at least `threshold` of the parties, in order. */
function someSigners(threshold: number, parties: number): readonly PartyId[] {
  const ids = Array.from({ length: parties }, (_, i) => i + 1);
  while (ids.length > threshold && randomInt(2) === 0) ids.splice(randomInt(ids.length), 1);
  while (ids.length > threshold + 1) ids.splice(randomInt(ids.length), 1);
  return ids;
}

/** Prints how far long runs are, ten times. */
function showProgress(i: number): void {
  const step = RUNS / 10;
  if (step >= 100 && i > 0 && i % step === 0) console.log(`${i} of ${RUNS} runs`);
}

/** Tests signatures by honest signers, some of them for children of the key. */
export function honestRuns(threshold: number, parties: number): void {
  const claim = 'signatures by random signers, interactive and from presignatures, all verify';
  test(`${threshold} of ${parties}: ${RUNS} ${claim}`, async () => {
    const shares = await makeShares('secp256k1', threshold, parties);
    const root = groupKey(shares[0]?.sharing ?? assert.fail());
    const presigned = new Set<string>();
    for (let i = 0; i < RUNS; i++) {
      showProgress(i);
      const signers = someSigners(threshold, parties);
      const message = Buffer.from(`payment ${i}`);
      const data = DataToSign.of(message, 'sha256');
      const { key } = derive('secp256k1', root, chainCode, [randomInt(2 ** 31)]);
      const presignatures = await makePresignature({ shares, auxiliary, signers, parameters });
      const [id] = [...presignatures.values()].map(({ terms }) => Buffer.from(terms.id).toString('hex'));
      assert.ok(id !== undefined && !presigned.has(id), 'no presignature comes twice');
      presigned.add(id);
      const chaos = { network: chaotic, seed: i };
      for (const { result } of results(
        await simulateOnline(presignatures, { curve: 'secp256k1', key, data }, chaos),
      ).values())
        assert.ok(opensslVerifies(key.point, message, result));
      for (const { result } of results(
        await simulateSigning({ shares, auxiliary, signers, data, parameters }, chaos),
      ).values())
        assert.ok(opensslVerifies(root, message, result));
    }
  });
}

/** Tests runs with one random change in one message of one signer. */
export function byzantineRuns(): void {
  const claim = 'never a wrong signature, and the cheat is named, or nobody';
  test(`A4, A5: ${RUNS} times one random change of one signer: ${claim}`, async () => {
    const shares = await makeShares('secp256k1', 2, 3);
    const root = groupKey(shares[0]?.sharing ?? assert.fail());
    const message = Buffer.from('a payment');
    const data = DataToSign.of(message, 'sha256');
    const rounds = Object.keys(interactiveMessages(parameters, curve, 3)) as (keyof ReturnType<
      typeof interactiveMessages
    >)[];
    let named = 0;
    for (let i = 0; i < RUNS; i++) {
      showProgress(i);
      const cheat = 1 + randomInt(3);
      const round = rounds[randomInt(rounds.length)] ?? assert.fail();
      const { adversary, changed } = byzantine(
        interactiveMessages(parameters, curve, 3),
        round,
        randomInt(1000) / 1000,
      );
      const adversaries = new Map([[cheat, adversary]]);
      const { outcomes } = await simulateSigning(
        { shares, auxiliary, signers: [1, 2, 3], data, parameters },
        { adversaries },
      );
      for (const [id, outcome] of outcomes) {
        if (id === cheat) continue;
        const what = `party ${id}, ${round} of party ${cheat}: ${changed()}`;
        if (assertSound(outcome, { key: root, message, cheat, what })) named += 1;
      }
    }
    assert.ok(named > RUNS / 2, `${named} named`);
  });
}
