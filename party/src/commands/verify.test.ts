import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Certificate, KeySpec } from '@mpc-operator/crds/control';
import { acknowledgedBytes, certificateOf, type Proposal } from '../epochs/proposal.ts';
import { hexCommitments } from '../keys/proposed-sharing.ts';
import { shownKey } from '../keys/shown-key.ts';
import { Identity } from '../protocol/identity/identity.ts';
import { makeShares } from '../protocol/sharing/testing/keys.ts';
import { verifyCommand } from './verify.ts';

const PARTIES = [1, 2, 3];
const SPEC: KeySpec = { name: 'k', curve: 'secp256k1', purpose: 'taproot', threshold: 2, parties: PARTIES };
const ECDSA: KeySpec = { ...SPEC, purpose: 'ecdsa' };
const identities = new Map(PARTIES.map(party => [party, Identity.create()]));
const identityOf = (party: number): Identity => identities.get(party) ?? assert.fail();
const noted = PARTIES.map(party => `${party}=${identityOf(party).fingerprint}`);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

async function made({ curve, purpose, threshold }: KeySpec = SPEC): Promise<Certificate> {
  const [share] = await makeShares(curve, threshold, PARTIES);
  const commitments = hexCommitments(share?.sharing ?? assert.fail());
  const proposal: Proposal = {
    ...{ keyId: '01'.repeat(16), curve, purpose, threshold, publicKey: commitments[0] ?? '', commitments },
    ...{ epoch: 1, base: 0, trigger: 'keygen@', approvers: [], admins: [] },
    ...{ chainCodeHash: '02'.repeat(32), transcript: '03'.repeat(32) },
    identities: PARTIES.map(party => ({ party, identity: hex(identityOf(party).publicKey) })),
  };
  const bytes = acknowledgedBytes(proposal);
  return certificateOf(proposal, new Map(PARTIES.map(party => [party, hex(identityOf(party).sign(bytes))])));
}

const certificate = await made();
const key = shownKey(SPEC, certificate.publicKey);
const check = (input: object, args: readonly string[] = noted) => verifyCommand(args, JSON.stringify(input));

test('a certificate of all parties is verified, by itself and in the status of its KeyShareSet', () => {
  for (const input of [certificate, { status: { ...key, certificate } }]) {
    const { code, text } = check(input);
    assert.equal(code, 0, text);
    assert.ok(text.includes(`public key: ${key.publicKey}`) && text.includes(key.addresses[0]?.address ?? '?'));
  }
});

test('a certificate of an ecdsa key is verified, with all its addresses; on p256 it has none', async () => {
  for (const [spec, count] of [
    [ECDSA, 6],
    [{ ...ECDSA, curve: 'p256' }, 0],
  ] as const) {
    const certificate = await made(spec);
    const key = shownKey(spec, certificate.publicKey);
    const { code, text } = check({ status: { ...key, certificate } });
    assert.equal(code, 0, text);
    assert.equal(key.addresses.length, count);
    for (const { address } of key.addresses) assert.ok(text.includes(address));
    assert.equal(key.publicKey, certificate.publicKey);
  }
});

test('of the two forms of one network both addresses are checked', async () => {
  const certificate = await made(ECDSA);
  const key = shownKey(ECDSA, certificate.publicKey);
  const other = shownKey(ECDSA, (await made(ECDSA)).publicKey);
  for (const [i, { address }] of other.addresses.entries()) {
    const addresses = key.addresses.map((own, j) => (i === j ? { ...own, address } : own));
    const { code, text } = check({ status: { ...key, addresses, certificate } });
    assert.equal(code, 1);
    assert.ok(text.includes(`address ${address} is not the key's`), text);
  }
});

test('of the children in a status it is said that they are not verified', () => {
  const derivations = [{ path: 'm/0', publicKey: key.publicKey, addresses: key.addresses }];
  assert.match(check({ status: { ...key, derivations, certificate } }).text, /not verified: status\.derivations \(1\)/);
  assert.doesNotMatch(check({ status: { ...key, certificate } }).text, /not verified/);
});

test('a status that shows another public key, or another address, than the parties have signed is not', async () => {
  const other = shownKey(SPEC, (await made()).publicKey);
  const another = check({ status: { ...key, publicKey: other.publicKey, certificate } });
  assert.equal(another.code, 1);
  assert.match(another.text, /status\.publicKey is [0-9a-f]{64}, but the key that the parties have signed has/);
  const address = check({ status: { ...key, addresses: other.addresses, certificate } });
  assert.equal(address.code, 1);
  assert.match(address.text, /the bitcoin mainnet address bc1p\w+ is not the key's/);
  const invented = [{ chain: 'solana', network: 'mainnet', address: 'So1ana' }];
  assert.equal(check({ status: { ...key, addresses: invented, certificate } }).code, 1);
});

test('whatever of a certificate is changed, it is not verified', async () => {
  const other = await made();
  const [first = assert.fail(), second = assert.fail()] = certificate.acks;
  const changes: Partial<Certificate>[] = [
    { keyId: '09'.repeat(16) },
    { threshold: 3 },
    { purpose: 'eddsa' },
    { publicKey: other.publicKey, commitments: other.commitments },
    { epoch: 2 },
    { base: 1 },
    { trigger: 'annotation@x' },
    { chainCodeHash: other.transcript },
    { transcript: other.chainCodeHash },
    { approvers: ['somebody'] },
    { acks: certificate.acks.slice(0, 2) },
    { acks: certificate.acks.toReversed() },
    { acks: certificate.acks.with(1, { ...second, signature: first.signature }) },
  ];
  for (const change of changes) {
    const { code, text } = check({ ...certificate, ...change });
    assert.equal(code, 1, JSON.stringify(change));
    assert.match(text, /^NOT verified:/);
  }
});

test('a party whose fingerprint was not noted, or noted otherwise, is named', () => {
  assert.match(check(certificate, noted.slice(0, 2)).text, /no fingerprint was given for party 3/);
  const stranger = noted.with(1, `2=${'ab'.repeat(32)}`);
  assert.match(check(certificate, stranger).text, /the identity of party 2 has the fingerprint [0-9a-f]{64}, not abab/);
  assert.match(check(certificate, [...noted, `4=${'ab'.repeat(32)}`]).text, /party 4 has not signed/);
});

test('what is no usage, and no certificate, is told with the remedy', () => {
  assert.deepEqual([check(certificate, []).code, check(certificate, ['1=xyz']).code], [2, 2]);
  assert.match(check(certificate, ['1=xyz']).text, /"1=xyz" is not PARTY=FINGERPRINT/);
  assert.match(verifyCommand(noted, 'not JSON').text, /pipe `kubectl get keyshareset NAME -o json` into it/);
  assert.match(check({ status: {} }).text, /no certificate on standard input/);
});
