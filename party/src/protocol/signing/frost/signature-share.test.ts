import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ContextMismatch } from '../../session/errors.ts';
import type { PartyId } from '../../session/party-id.ts';
import { groupKey, type KeyShare, type Sharing } from '../../sharing/sharing.ts';
import { type FrostPurpose, type Scheme, schemes } from '../scheme.ts';
import { ed25519Sha512 } from './ed25519.ts';
import { type Commitment, generateNonces, type SigningNonces } from './nonces.ts';
import { secp256k1Sha256Tr } from './secp256k1-tr.ts';
import { aggregate, makeSignatureShare, verifySignatureShare } from './signature-share.ts';
import { makeSigningPackage, type SigningPackage } from './signing-package.ts';
import type { CipherSuite } from './suite.ts';
import { deal } from './testing/trusted-dealer.ts';

const suites: { readonly [purpose in FrostPurpose]: CipherSuite } = {
  eddsa: ed25519Sha512,
  taproot: secp256k1Sha256Tr,
};
const message = new TextEncoder().encode('what is signed');

interface Signing {
  readonly suite: CipherSuite;
  readonly scheme: Scheme;
  readonly sharing: Sharing;
  readonly signers: readonly { readonly key: KeyShare; readonly nonces: SigningNonces }[];
  readonly commitments: ReadonlyMap<PartyId, Commitment>;
}

/** Makes a random key of `parties`, of which `signers` have finished round one. */
function roundOne(
  purpose: FrostPurpose,
  threshold = 2,
  parties: readonly PartyId[] = [1, 2, 5],
  signers = parties,
): Signing {
  const suite = suites[purpose];
  const keys = deal(suite.curve.name, Array.from({ length: threshold }, suite.curve.randomScalar), parties);
  const chosen = keys
    .filter(key => signers.includes(key.party))
    .map(key => ({ key, nonces: generateNonces(suite, key.secret) }));
  const [first] = chosen;
  assert.ok(first);
  return {
    suite,
    scheme: schemes[purpose],
    sharing: first.key.sharing,
    signers: chosen,
    commitments: new Map(chosen.map(({ key, nonces }) => [key.party, nonces.commitment])),
  };
}

const pack = (
  { suite, sharing, scheme, commitments }: Signing,
  signed: Uint8Array,
  list = commitments,
): SigningPackage => makeSigningPackage(suite, sharing, scheme.signingKey(groupKey(sharing)), list, signed);

const roundTwo = ({ signers }: Signing, signing: SigningPackage) =>
  new Map(signers.map(({ key, nonces }) => [key.party, makeSignatureShare(signing, key, nonces)]));

function signerWith({ signers }: Signing, party: PartyId) {
  const signer = signers.find(({ key }) => key.party === party);
  assert.ok(signer);
  return signer;
}

const isSignature = (
  { scheme }: Signing,
  signing: SigningPackage,
  signed: Uint8Array,
  signature: Uint8Array,
): boolean => scheme.verify(scheme.encodeKey(signing.key.point), signed, signature);

for (const purpose of ['eddsa', 'taproot'] as const) {
  const { curve } = suites[purpose];

  test(`${purpose}: threshold of the parties, or more, make a signature that verifies`, () => {
    const parties = fc.uniqueArray(fc.integer({ min: 1, max: 64 }), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(parties, fc.nat(), fc.nat(), fc.uint8Array({ maxLength: 80 }), (ids, n, m, signed) => {
        ids.sort((a, b) => a - b);
        const threshold = 2 + (n % (ids.length - 1));
        const away = m % (ids.length - threshold + 1);
        const session = roundOne(purpose, threshold, ids, ids.slice(away));
        const signing = pack(session, signed);
        const shares = roundTwo(session, signing);
        for (const [party, share] of shares) assert.ok(verifySignatureShare(signing, party, share));
        const signature = aggregate(signing, shares);
        assert.ok(isSignature(session, signing, signed, signature));
        assert.ok(!isSignature(session, signing, Buffer.concat([signed, Buffer.of(0)]), signature));
      }),
      { numRuns: 15 },
    );
  });

  test(`${purpose}: of the shares, exactly the wrong one does not verify, and with it no signature`, () => {
    const session = roundOne(purpose, 3, [1, 2, 3, 4]);
    const signing = pack(session, message);
    const shares = roundTwo(session, signing);
    for (const [cheater, share] of shares) {
      const forged = new Map(shares).set(cheater, curve.addScalars(share, curve.scalar(1n)));
      const wrong = [...forged].filter(([party, z]) => !verifySignatureShare(signing, party, z));
      assert.deepEqual(wrong, [[cheater, forged.get(cheater)]]);
      assert.ok(!isSignature(session, signing, message, aggregate(signing, forged)));
    }
  });

  test(`${purpose}: a share of another signer, message or session does not verify`, () => {
    const session = roundOne(purpose);
    const signing = pack(session, message);
    const otherMessage = pack(session, new TextEncoder().encode('something else'));
    const otherList = pack(session, message, new Map([...session.commitments].slice(0, 2)));
    const { key, nonces } = signerWith(session, 1);
    const share = makeSignatureShare(signing, key, nonces);
    assert.ok(verifySignatureShare(signing, 1, share));
    assert.ok(!verifySignatureShare(signing, 2, share));
    assert.ok(!verifySignatureShare(otherMessage, 1, share));
    assert.ok(!verifySignatureShare(otherList, 1, share));
  });

  test(`D5: ${purpose}: one pair of nonces makes one share, even for the same message`, () => {
    const session = roundOne(purpose);
    const signing = pack(session, message);
    const { key, nonces } = signerWith(session, 1);
    makeSignatureShare(signing, key, nonces);
    assert.throws(() => makeSignatureShare(signing, key, nonces), /after it was wiped/);
  });

  test(`D6: ${purpose}: who finds its own commitment removed from the list makes no share`, () => {
    const session = roundOne(purpose);
    const list = new Map(session.commitments);
    list.delete(1);
    const { key, nonces } = signerWith(session, 1);
    assert.throws(
      () => makeSignatureShare(pack(session, message, list), key, nonces),
      /party 1 is not among the signers/,
    );
  });

  test(`D6: ${purpose}: who finds its own commitment changed in the list makes no share`, () => {
    const session = roundOne(purpose);
    const { key, nonces } = signerWith(session, 1);
    const { hiding, binding } = nonces.commitment;
    const other = signerWith(session, 2).nonces.commitment;
    for (const changed of [
      other,
      { hiding: binding, binding: hiding },
      { hiding, binding: other.binding },
      { hiding: other.hiding, binding },
    ]) {
      const list = new Map(session.commitments).set(1, changed);
      assert.throws(() => makeSignatureShare(pack(session, message, list), key, nonces), /another commitment/);
    }
  });

  test(`D6: ${purpose}: the identity in the list makes no package`, () => {
    const session = roundOne(purpose);
    const { hiding, binding } = signerWith(session, 2).nonces.commitment;
    for (const bad of [
      { hiding, binding: curve.identity },
      { hiding: curve.identity, binding },
    ]) {
      assert.throws(() => pack(session, message, new Map(session.commitments).set(2, bad)), /identity/);
    }
  });

  test(`D6: ${purpose}: the order in which commitments arrive does not matter`, () => {
    const session = roundOne(purpose);
    const reversed = pack(session, message, new Map([...session.commitments].reverse()));
    const sorted = pack(session, message);
    assert.equal(reversed.challenge, sorted.challenge);
    assert.deepEqual(
      [...reversed.signers].map(([id, { bindingFactor }]) => [id, bindingFactor]),
      [...sorted.signers].map(([id, { bindingFactor }]) => [id, bindingFactor]),
    );
  });

  test(`D6: ${purpose}: each binding factor takes in every commitment, the message and the key`, () => {
    const session = roundOne(purpose);
    const factors = (signing: SigningPackage) => [...signing.signers.values()].map(signer => signer.bindingFactor);
    const original = factors(pack(session, message));
    assert.equal(new Set(original).size, 3);
    const fresh = roundOne(purpose);
    const { hiding, binding } = signerWith(fresh, 2).nonces.commitment;
    const own = signerWith(session, 2).nonces.commitment;
    const variations = [
      pack(session, message, new Map(session.commitments).set(2, { ...own, hiding })),
      pack(session, message, new Map(session.commitments).set(2, { ...own, binding })),
      pack(session, new TextEncoder().encode('something else')),
      pack({ ...session, sharing: fresh.sharing }, message),
    ];
    for (const variation of variations) {
      const changed = factors(variation);
      for (const [i, factor] of original.entries()) assert.notEqual(changed[i], factor);
    }
  });

  test(`I2, I5: ${purpose}: fewer than threshold, or parties without a share, make no package`, () => {
    const session = roundOne(purpose, 3, [1, 2, 3, 4]);
    const commitment = signerWith(session, 1).nonces.commitment;
    for (const list of [
      new Map<PartyId, Commitment>(),
      new Map([...session.commitments].slice(0, 2)),
      new Map(session.commitments).set(7, commitment),
      new Map(session.commitments).set(0, commitment),
    ]) {
      assert.throws(() => pack(session, message, list), ContextMismatch);
    }
  });

  test(`I5: ${purpose}: an aggregate takes exactly one share of each signer`, () => {
    const session = roundOne(purpose);
    const signing = pack(session, message);
    const shares = roundTwo(session, signing);
    const tooFew = new Map(shares);
    tooFew.delete(2);
    const stranger = new Map(tooFew).set(4, curve.scalar(1n));
    for (const wrong of [new Map(), tooFew, stranger, new Map(shares).set(4, curve.scalar(1n))]) {
      assert.throws(() => aggregate(signing, wrong), RangeError);
    }
  });
}
