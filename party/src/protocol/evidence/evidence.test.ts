/**
 * Rows A5, T3 of the attack list: the evidence alone shows which party broke a session, also to those who were not in
 * the session. Evidence that was changed shows nothing.
 */
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { numberToBytesBE } from '@noble/curves/utils.js';
import fc from 'fast-check';
import { Misbehaviour } from '../session/errors.ts';
import { failureOf } from '../session/testing/outcomes.ts';
import { SecretScanner } from '../testing/secret-scanner.ts';
import { type EvidenceObject, readEvidence } from './format.ts';
import { draftReport, signReport } from './report.ts';
import { auxCheats } from './testing/aux-cheats.ts';
import { CHEAT, type Cheat } from './testing/cheats.ts';
import { fieldMutations } from './testing/field-mutations.ts';
import { curve, fingerprints, identityOf, levels, secrets, shares } from './testing/material.ts';
import { signingCheats } from './testing/signing-cheats.ts';
import { verifyEvidence } from './verify-evidence.ts';

/** The number of changes that are tried on each evidence object, out of some thousand possible ones. */
const RUNS = Number(process.env.EVIDENCE_RUNS ?? 8);
const REPORTER = identityOf(1);

/** The scalars that the parties draw: nonces and masks. */
const drawn: bigint[] = [];
const { randomScalar } = curve;
mock.method(curve, 'randomScalar', () => {
  const scalar = randomScalar();
  drawn.push(scalar);
  return scalar;
});

/** The evidence of each cheat, for the tests below. */
const made: { readonly cheat: Cheat; readonly evidence: EvidenceObject }[] = [];

for (const cheat of [...auxCheats, ...signingCheats]) {
  const { protocol, check, what, run } = cheat;
  test(`A5: ${protocol}: who ${what} is convicted of ${check} by the evidence alone`, async () => {
    const { simulated, statement } = await run();
    const failure = failureOf(simulated, 1);
    assert.ok(failure instanceof Misbehaviour && failure.record, String(failure));
    assert.equal(failure.check, check);
    const [found = assert.fail(), ...others] = failure.evidence;
    assert.equal(others.length, 0);
    const evidence = await signReport(draftReport(failure.record, found, statement, 1, levels), REPORTER);
    const read = readEvidence(JSON.stringify(evidence));
    assert.ok('evidence' in read);
    const confirmed = { confirmed: true, culprit: CHEAT, identity: identityOf(CHEAT).publicKey };
    assert.deepEqual(verifyEvidence(read.evidence, fingerprints, levels), confirmed);
    made.push({ cheat, evidence });
  });
}

/** Why evidence that was changed is unreadable or refuted; undefined: the evidence still holds. */
function fate(value: unknown): string | undefined {
  const read = readEvidence(JSON.stringify(value));
  if ('fault' in read) return read.fault;
  const verdict = verifyEvidence(read.evidence, fingerprints, levels);
  return verdict.confirmed ? undefined : verdict.reason;
}

test('A5: evidence with any of its fields changed is refuted or unreadable', () => {
  for (const { cheat, evidence } of made) {
    const changes = [...fieldMutations(evidence)];
    const property = fc.property(fc.constantFrom(...changes), ({ path, value }) => {
      assert.ok(fate(value), `${cheat.what}: ${path}`);
    });
    fc.assert(property, { numRuns: RUNS });
  }
});

test('A5: nor does it hold if its reporter changes any of it and signs that', async () => {
  for (const { cheat, evidence } of made) {
    // a hello that cannot be decoded does not show what it was about: only the reporter says so
    if (evidence.hellos.length === 0) continue;
    const changes = [...fieldMutations(evidence)].filter(({ path }) => !path.startsWith('.signature'));
    const property = fc.asyncProperty(fc.constantFrom(...changes), async ({ path, value }) => {
      const read = readEvidence(JSON.stringify(value));
      if ('evidence' in read) assert.ok(fate(await signReport(read.evidence, REPORTER)), `${cheat.what}: ${path}`);
    });
    await fc.assert(property, { numRuns: RUNS });
  }
});

test('A5: evidence holds no secret of its reporter, nor of anybody else', () => {
  const scanner = new SecretScanner();
  const add = (name: string, secret: bigint, bytes: number) => scanner.add(name, numberToBytesBE(secret, bytes));
  for (const { party, secret } of shares) add(`share of ${party}`, secret.expose(), 32);
  for (const [party, { paillier, ring }] of secrets) {
    const { p, q } = paillier.factors();
    for (const prime of [p, q]) add(`factor of ${party}`, prime, 64);
    add(`λ of ${party}`, ring.witness().lambda, 128);
  }
  for (const scalar of new Set(drawn)) add('a nonce', scalar, 32);
  scanner.add('identity', REPORTER.seed().expose());
  assert.ok(scanner.size > 200, `${scanner.size} secrets`);
  for (const { cheat, evidence } of made) assert.deepEqual(scanner.in(JSON.stringify(evidence)), [], cheat.what);
});
