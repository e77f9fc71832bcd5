import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FROST, FrostPublic, FrostSecret } from '@noble/curves/abstract/frost.js';
import { ed25519, ed25519_FROST } from '@noble/curves/ed25519.js';
import { schnorr, schnorr_FROST } from '@noble/curves/secp256k1.js';
import { p2tr } from '@scure/btc-signer';
import { type Curve, curves, type Point, type Scalar } from '../../curve/curve.ts';
import type { Party } from '../../session/party.ts';
import type { PartyId } from '../../session/party-id.ts';
import { results } from '../../session/simulator.ts';
import { groupKey, type KeyShare, type Sharing, verificationShare } from '../../sharing/sharing.ts';
import { makeShares } from '../../sharing/testing/keys.ts';
import { type FrostPurpose, schemes } from '../scheme.ts';
import { type SigningKey, tweakPoint, tweakShare } from '../signing-key.ts';
import { xOnly } from '../taproot.ts';
import { frost } from './frost.ts';
import type { FrostMessages } from './messages.ts';
import { shareOf, simulateSigning } from './testing/signing.ts';

const noble: { readonly [purpose in FrostPurpose]: FROST } = { eddsa: ed25519_FROST, taproot: schnorr_FROST };

/** Independent verifiers, which take the untweaked key. */
const verifiers: {
  readonly [purpose in FrostPurpose]: (key: Point, message: Uint8Array, signature: Uint8Array) => boolean;
} = {
  eddsa: (key, message, signature) => ed25519.verify(signature, message, curves.ed25519.encodePoint(key)),
  taproot: (key, message, signature) => schnorr.verify(signature, message, p2tr(xOnly(key)).tweakedPubkey),
};

const encodePoint = (curve: Curve, point: Point) => Uint8Array.from(curve.encodePoint(point));
const encodeScalar = (curve: Curve, scalar: Scalar) => Uint8Array.from(curve.encodeScalar(scalar));

/** @noble/curves knows no tweak of a sharing, so it gets the sharing of the tweaked key. */
function publicPackage(frost: FROST, { point, tweak }: SigningKey, sharing: Sharing): FrostPublic {
  const curve = curves[sharing.curve];
  const [, ...rest] = sharing.commitments;
  const commitments = [point, ...rest.map(c => (tweak.negate ? curve.negatePoint(c) : c))];
  const shares = sharing.parties.map(id => {
    const share = tweakPoint(curve, tweak, verificationShare(sharing, id));
    return [frost.Identifier.fromNumber(id), encodePoint(curve, share)] as const;
  });
  return {
    signers: { min: sharing.threshold, max: sharing.parties.length },
    commitments: commitments.map(c => encodePoint(curve, c)),
    verifyingShares: Object.fromEntries(shares),
  };
}

/** A signer whose nonces, shares, checks and aggregation are all those of @noble/curves. */
async function signWithNoble(
  purpose: FrostPurpose,
  party: Party<FrostMessages>,
  key: KeyShare,
  message: Uint8Array,
): Promise<Uint8Array> {
  const theirs = noble[purpose];
  const curve = curves[schemes[purpose].curve];
  const { codec } = frost(purpose).messages.commitments;
  const signingKey = schemes[purpose].signingKey(groupKey(key.sharing));
  const publicKeys = publicPackage(theirs, signingKey, key.sharing);
  const secret: FrostSecret = {
    identifier: theirs.Identifier.fromNumber(key.party),
    signingShare: encodeScalar(curve, tweakShare(curve, signingKey.tweak, key.secret.expose())),
  };
  const { nonces, commitments: own } = theirs.commit(secret);
  const commitments = await party.broadcast('commitments', codec.decode(Buffer.concat([own.hiding, own.binding])));
  const list = [...commitments].map(([id, { hiding, binding }]) => ({
    identifier: theirs.Identifier.fromNumber(id),
    hiding: encodePoint(curve, hiding),
    binding: encodePoint(curve, binding),
  }));
  const share = theirs.signShare(secret, publicKeys, nonces, list, message);
  const received = await party.broadcast('shares', curve.decodeScalar(share));
  const shares = [...received].map(([id, z]) => [theirs.Identifier.fromNumber(id), encodeScalar(curve, z)] as const);
  for (const [id, z] of shares) assert.ok(theirs.verifyShare(publicKeys, list, message, id, z));
  return theirs.aggregate(publicKeys, list, message, Object.fromEntries(shares));
}

for (const purpose of ['eddsa', 'taproot'] as const) {
  const ours = frost(purpose);
  const message = new TextEncoder().encode('signed by two implementations');
  const cases: readonly { readonly who: string; readonly theirs: readonly PartyId[] }[] = [
    { who: 'our party and one of @noble/curves', theirs: [2] },
    { who: 'a party of @noble/curves and ours', theirs: [1] },
    { who: 'our party and two of @noble/curves', theirs: [1, 5] },
  ];

  for (const { who, theirs } of cases) {
    test(`${purpose}: ${who} make one signature`, async () => {
      // both signs of y occur among a few keys
      for (let round = 0; round < 4; round++) {
        const parties: readonly PartyId[] = [1, 2, 5];
        const keys = await makeShares(schemes[purpose].curve, theirs.length + 1, parties);
        const signers = keys.filter(({ party }) => theirs.length === 2 || party !== 5);
        const simulated = await simulateSigning(purpose, signers, message, {
          protocol: party => {
            const key = shareOf(signers, party.me);
            return theirs.includes(party.me)
              ? signWithNoble(purpose, party, key, message)
              : ours.sign(party, key, message);
          },
        });
        const [first, ...rest] = [...results(simulated).values()].map(({ result }) => result);
        assert.ok(first);
        for (const other of rest) assert.deepEqual(Buffer.from(other), Buffer.from(first));
        assert.ok(verifiers[purpose](groupKey(shareOf(keys, 1).sharing), message, first));
      }
    });
  }
}
