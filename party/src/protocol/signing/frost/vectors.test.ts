import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { curves, type Point, type Scalar } from '../../curve/curve.ts';
import { verifySignature } from '../../session/signer.ts';
import { groupKey, verificationShare } from '../../sharing/sharing.ts';
import { type SigningKey, untweaked } from '../signing-key.ts';
import { evenY, verifyBip340 } from '../taproot.ts';
import { ed25519Sha512 } from './ed25519.ts';
import { generateNonces, type Random } from './nonces.ts';
import { hashToScalar, secp256k1Sha256 } from './secp256k1.ts';
import { secp256k1Sha256Tr } from './secp256k1-tr.ts';
import { aggregate, makeSignatureShare, verifySignatureShare } from './signature-share.ts';
import { makeSigningPackage } from './signing-package.ts';
import type { CipherSuite } from './suite.ts';
import { deal } from './testing/trusted-dealer.ts';

interface Vectors {
  readonly inputs: {
    readonly participant_list: number[];
    readonly group_secret_key: string;
    readonly verifying_key_key: string;
    readonly message: string;
    readonly share_polynomial_coefficients: string[];
    readonly participant_shares: { readonly identifier: number; readonly participant_share: string }[];
  };
  readonly round_one_outputs: {
    readonly outputs: {
      readonly identifier: number;
      readonly hiding_nonce_randomness: string;
      readonly binding_nonce_randomness: string;
      readonly hiding_nonce: string;
      readonly binding_nonce: string;
      readonly hiding_nonce_commitment: string;
      readonly binding_nonce_commitment: string;
      readonly binding_factor: string;
    }[];
  };
  readonly round_two_outputs: { readonly outputs: { readonly identifier: number; readonly sig_share: string }[] };
  readonly final_output: { readonly sig: string };
}

const load = (name: string): Vectors =>
  JSON.parse(readFileSync(new URL(`../../../../../test/vectors/${name}.json`, import.meta.url), 'utf8'));

/**
 * FROST(secp256k1, SHA-256) of RFC 9591 section 6.5. No key uses this suite, but its vectors check the code that
 * taproot shares with it.
 */
const rfcSecp256k1: CipherSuite = {
  ...secp256k1Sha256('FROST-secp256k1-SHA256-v1'),
  challenge: (groupCommitment, key, message) =>
    hashToScalar(
      'FROST-secp256k1-SHA256-v1chal',
      concatBytes(curves.secp256k1.encodePoint(groupCommitment), curves.secp256k1.encodePoint(key), message),
    ),
  negatesNonces: () => false,
  encodeSignature: (groupCommitment, z) =>
    concatBytes(curves.secp256k1.encodePoint(groupCommitment), curves.secp256k1.encodeScalar(z)),
};

interface Case {
  readonly name: string;
  readonly file: string;
  readonly suite: CipherSuite;
  readonly key: (groupKey: Point) => SigningKey;
  readonly verify?: (key: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;
}

const cases: readonly Case[] = [
  {
    name: 'RFC 9591 appendix E.1, FROST(Ed25519, SHA-512)',
    file: 'frost-ed25519-sha512',
    suite: ed25519Sha512,
    key: groupKey => untweaked(curves.ed25519, groupKey),
    verify: verifySignature,
  },
  {
    name: 'RFC 9591 appendix E.5, FROST(secp256k1, SHA-256)',
    file: 'frost-secp256k1-sha256',
    suite: rfcSecp256k1,
    key: groupKey => untweaked(curves.secp256k1, groupKey),
  },
  {
    name: 'frost-secp256k1-tr, BIP-340 with no BIP-341 tweak',
    file: 'frost-secp256k1-sha256-tr',
    suite: secp256k1Sha256Tr,
    key: evenY,
    verify: (key, message, signature) => verifyBip340(key.subarray(1), message, signature),
  },
];

for (const { name, file, suite, key: signingKey, verify } of cases) {
  const { inputs, round_one_outputs: roundOne, round_two_outputs: roundTwo, final_output: final } = load(file);
  const { curve } = suite;
  const scalar = (hex: string): Scalar => curve.decodeScalar(hexToBytes(hex));
  const hex = (s: Scalar): string => bytesToHex(curve.encodeScalar(s));
  const pointHex = (p: Parameters<typeof curve.encodePoint>[0]): string => bytesToHex(curve.encodePoint(p));
  const message = hexToBytes(inputs.message);
  const coefficients = [inputs.group_secret_key, ...inputs.share_polynomial_coefficients].map(scalar);
  const keys = deal(
    curve.name,
    coefficients,
    inputs.participant_shares.map(share => share.identifier),
  );
  const keyOf = (party: number) => {
    const key = keys.find(key => key.party === party);
    assert.ok(key);
    return key;
  };
  const [{ sharing }] = [keyOf(1)];
  const signers = roundOne.outputs.map(output => {
    const queue = [output.hiding_nonce_randomness, output.binding_nonce_randomness].map(hexToBytes);
    const random: Random = length => {
      const bytes = queue.shift();
      assert.equal(bytes?.length, length);
      return bytes ?? new Uint8Array();
    };
    return {
      output,
      key: keyOf(output.identifier),
      nonces: generateNonces(suite, keyOf(output.identifier).secret, random),
    };
  });
  const commitments = new Map(signers.map(({ key, nonces }) => [key.party, nonces.commitment]));
  const signing = makeSigningPackage(suite, sharing, signingKey(groupKey(sharing)), commitments, message);
  const shares = new Map(signers.map(({ key, nonces }) => [key.party, makeSignatureShare(signing, key, nonces)]));

  test(`${name}: keys`, () => {
    assert.equal(pointHex(groupKey(sharing)), inputs.verifying_key_key);
    for (const { identifier, participant_share } of inputs.participant_shares) {
      assert.equal(hex(keyOf(identifier).secret.expose()), participant_share);
      assert.equal(
        pointHex(verificationShare(sharing, identifier)),
        pointHex(curve.multiplyBase(scalar(participant_share))),
      );
    }
  });

  test(`${name}: round one`, () => {
    for (const { output, nonces, key } of signers) {
      assert.equal(pointHex(nonces.commitment.hiding), output.hiding_nonce_commitment);
      assert.equal(pointHex(nonces.commitment.binding), output.binding_nonce_commitment);
      assert.equal(pointHex(curve.multiplyBase(scalar(output.hiding_nonce))), output.hiding_nonce_commitment);
      const signer = signing.signers.get(key.party);
      assert.ok(signer);
      assert.equal(hex(signer.bindingFactor), output.binding_factor);
    }
  });

  test(`${name}: round two and the signature`, () => {
    for (const { identifier, sig_share } of roundTwo.outputs) {
      assert.equal(hex(shares.get(identifier) ?? curve.scalar(0n)), sig_share);
      assert.ok(verifySignatureShare(signing, identifier, scalar(sig_share)));
    }
    const signature = aggregate(signing, shares);
    assert.equal(bytesToHex(signature), final.sig);
    if (verify) assert.ok(verify(hexToBytes(inputs.verifying_key_key), message, signature));
  });
}
