import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { test } from 'node:test';
import type { FROST, FrostPublic, FrostSecret } from '@noble/curves/abstract/frost.js';
import { ed25519, ed25519_FROST } from '@noble/curves/ed25519.js';
import { schnorr, schnorr_FROST } from '@noble/curves/secp256k1.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { p2tr } from '@scure/btc-signer';
import type { Curve } from '../../curve/curve.ts';
import type { PartyId } from '../../session/errors.ts';
import type { Party } from '../../session/party.ts';
import { groupKey, type KeyShare, type Sharing, verificationShare } from '../../sharing/sharing.ts';
import { type Purpose, schemes } from '../scheme.ts';
import { type SigningKey, tweakPoint, tweakShare } from '../signing-key.ts';
import { ed25519Sha512 } from './ed25519.ts';
import { type FrostMessages, frostMessages } from './messages.ts';
import { secp256k1Sha256Tr } from './secp256k1-tr.ts';
import { sign } from './sign.ts';
import type { CipherSuite } from './suite.ts';
import { deal } from './trusted-dealer.ts';

const suites: { readonly [purpose in Purpose]: CipherSuite } = { eddsa: ed25519Sha512, taproot: secp256k1Sha256Tr };
const noble: { readonly [purpose in Purpose]: FROST } = { eddsa: ed25519_FROST, taproot: schnorr_FROST };

/** The key that signs as @noble/curves packs it: it knows no tweak of a sharing, so it gets the tweaked one. */
function packageFor(curve: Curve, { point, tweak }: SigningKey, sharing: Sharing, frost: FROST): FrostPublic {
  const [, ...rest] = sharing.commitments;
  return {
    signers: { min: sharing.threshold, max: sharing.parties.length },
    commitments: [point, ...rest.map(c => (tweak.negate ? curve.negatePoint(c) : c))].map(curve.encodePoint),
    verifyingShares: Object.fromEntries(
      sharing.parties.map(id => [
        frost.Identifier.fromNumber(id),
        curve.encodePoint(tweakPoint(curve, tweak, verificationShare(sharing, id))),
      ]),
    ),
  };
}

/** A signer whose nonces, shares and aggregation are all those of @noble/curves. */
async function signWithNoble(party: Party<FrostMessages>, purpose: Purpose, key: KeyShare, message: Uint8Array) {
  const frost = noble[purpose];
  const { curve } = suites[purpose];
  const messages = frostMessages(curve);
  const signingKey = schemes[purpose].signingKey(groupKey(key.sharing));
  const publicPackage = packageFor(curve, signingKey, key.sharing, frost);
  const identifier = frost.Identifier.fromNumber(key.party);
  const secret: FrostSecret = {
    identifier,
    signingShare: curve.encodeScalar(tweakShare(curve, signingKey.tweak, key.secret.expose())),
  };
  const { nonces, commitments: own } = frost.commit(secret);
  const commitments = await party.broadcast(
    'commitments',
    messages.commitments.codec.decode(Buffer.concat([own.hiding, own.binding])),
  );
  const list = [...commitments].map(([id, { hiding, binding }]) => ({
    identifier: frost.Identifier.fromNumber(id),
    hiding: curve.encodePoint(hiding),
    binding: curve.encodePoint(binding),
  }));
  const share = frost.signShare(secret, publicPackage, nonces, list, message);
  const shares = await party.broadcast('shares', curve.decodeScalar(share));
  const encoded = [...shares].map(([id, z]) => [frost.Identifier.fromNumber(id), curve.encodeScalar(z)] as const);
  for (const [id, z] of encoded) assert.ok(frost.verifyShare(publicPackage, list, message, id, z));
  return frost.aggregate(publicPackage, list, message, Object.fromEntries(encoded));
}
