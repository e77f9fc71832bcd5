/**
 * Measures keygen, signature and refresh of a 2-of-3 key beside the bare FROST of @noble/curves, in one process and one
 * run. Ours are whole sessions: handshake, a signature on every message, encryption, comparison of broadcasts, and
 * every signer aggregates and verifies. Theirs is the arithmetic alone, with one aggregator. Nothing is asserted:
 * machines differ.
 */

import { results } from '@mpc-operator/party/protocol/session/simulator';
import { simulateKeygen, simulateRefresh } from '@mpc-operator/party/protocol/sharing/testing/keys';
import { simulateSigning } from '@mpc-operator/party/protocol/signing/frost/testing/signing';
import { type FrostPurpose, schemes } from '@mpc-operator/party/protocol/signing/scheme';
import type { DKG_Round2, FROST, Key } from '@noble/curves/abstract/frost.js';
import { ed25519_FROST } from '@noble/curves/ed25519.js';
import { schnorr_FROST } from '@noble/curves/secp256k1.js';
import { Times } from './times.ts';

const WARM_UP = 3;
const RUNS = 15;

const noble: { readonly [purpose in FrostPurpose]: FROST } = { eddsa: ed25519_FROST, taproot: schnorr_FROST };

/** Medians, in CPU milliseconds of all parties together. */
export interface Measurement {
  readonly name: string;
  readonly ours: number;
  /** The time of @noble/curves; undefined where it has nothing of the kind. */
  readonly theirs: number | undefined;
}

export async function measureSimulation(): Promise<readonly Measurement[]> {
  return [...(await measure('eddsa')), ...(await measure('taproot'))];
}

async function measure(purpose: FrostPurpose): Promise<readonly Measurement[]> {
  const message = new TextEncoder().encode('a message to be signed');
  const { curve } = schemes[purpose];
  const times = { keygen: new Times(WARM_UP), sign: new Times(WARM_UP), refresh: new Times(WARM_UP) };
  const theirs = { keygen: new Times(WARM_UP), sign: new Times(WARM_UP) };
  for (let run = 0; run < WARM_UP + RUNS; run++) {
    const made = results(await times.keygen.of(() => simulateKeygen({ curve, threshold: 2 }, 3)));
    const shares = [...made.values()].map(({ result }) => result.share);
    results(await times.sign.of(() => simulateSigning(purpose, shares.slice(0, 2), message)));
    results(await times.refresh.of(() => simulateRefresh(shares)));
    const keys = await theirs.keygen.of(() => nobleKeygen(noble[purpose]));
    await theirs.sign.of(() => nobleSign(noble[purpose], keys.slice(0, 2), message));
  }
  return [
    { name: `${purpose} keygen`, ours: times.keygen.median(), theirs: theirs.keygen.median() },
    { name: `${purpose} sign`, ours: times.sign.median(), theirs: theirs.sign.median() },
    { name: `${purpose} refresh`, ours: times.refresh.median(), theirs: undefined },
  ];
}

/** Runs all three parties of the key generation that @noble/curves shares with frost-rs. */
function nobleKeygen(frost: FROST): readonly Key[] {
  const ids = [1, 2, 3].map(n => frost.Identifier.fromNumber(n));
  const first = ids.map(id => ({ id, ...frost.DKG.round1(id, { min: 2, max: 3 }) }));
  const published = (me: string) => first.filter(({ id }) => id !== me).map(party => party.public);
  const second = first.map(({ id, secret }) => ({ id, secret, shares: frost.DKG.round2(secret, published(id)) }));
  return second.map(({ id, secret }) => {
    const received = second.flatMap(({ shares }): DKG_Round2[] => (shares[id] ? [shares[id]] : []));
    return frost.DKG.round3(secret, published(id), received);
  });
}

/** Runs all signers, and one aggregator. */
function nobleSign(frost: FROST, keys: readonly Key[], message: Uint8Array): Uint8Array {
  const [first] = keys;
  if (first === undefined) throw new RangeError('no signers');
  const committed = keys.map(key => ({ key, ...frost.commit(key.secret) }));
  const list = committed.map(({ commitments }) => commitments);
  const shares = committed.map(({ key, nonces }) => [
    key.secret.identifier,
    frost.signShare(key.secret, key.public, nonces, list, message),
  ]);
  return frost.aggregate(first.public, list, message, Object.fromEntries(shares));
}

/** Returns aligned columns. A ratio below 1 means that ours is faster. */
export function formatMeasurements(measurements: readonly Measurement[]): string {
  const rows = measurements.map(({ name, ours, theirs }) => [
    name,
    ours.toFixed(1),
    theirs?.toFixed(1) ?? 'none',
    theirs === undefined ? '' : (ours / theirs).toFixed(2),
  ]);
  const table = [['2-of-3, CPU ms of all parties', 'session', '@noble/curves', 'ratio'], ...rows];
  return table
    .map(([name = '', ...cells]) => name.padEnd(32) + cells.map(cell => cell.padStart(15)).join(''))
    .join('\n');
}

if (import.meta.main) console.log(formatMeasurements(await measureSimulation()));
