import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { reportMisbehaviour } from '../protocol/evidence/report.ts';
import { twoFaced } from '../protocol/evidence/testing/cheats.ts';
import { fingerprints, identityOf, levels, presigning } from '../protocol/evidence/testing/material.ts';
import { interactiveWith } from '../protocol/evidence/testing/signing-cheats.ts';
import { Misbehaviour } from '../protocol/session/errors.ts';
import { failureOf } from '../protocol/session/testing/outcomes.ts';
import { verifyEvidenceCommand } from './verify-evidence.ts';

const { simulated } = await interactiveWith({ signers: [1, 2, 3], adversary: twoFaced('data', 'commit') });
const failure = failureOf(simulated, 1);
assert.ok(failure instanceof Misbehaviour);
const [evidence = assert.fail()] = await reportMisbehaviour(failure, presigning, {
  ...{ me: 1, signer: identityOf(1), levels },
});
const json = JSON.stringify(evidence);
const noted = [...fingerprints].map(([party, noted]) => `${party}=${noted}`);

test('confirmed evidence says who broke what, in which session and key, and by whose report', () => {
  const { code, text } = verifyEvidenceCommand(noted, json, levels);
  assert.equal(code, 0, text);
  for (const said of [
    'confirmed: party 2 broke the protocol',
    'check: equivocation',
    'session: simulation, of cggmp24/interactive/v1 (CGGMP24-SECP256K1-112-v1)',
    'key: simulated, epoch 1',
    'reported by: party 1',
    `party 2: ${fingerprints.get(2)}`,
  ])
    assert.ok(text.includes(said), said);
  assert.doesNotMatch(text, /no fingerprints/);
  assert.match(verifyEvidenceCommand([], json, levels).text, /^confirmed.+no fingerprints were given/s);
});

test('refuted evidence says why', () => {
  const other = { ...evidence, session: { ...evidence.session, key: 'another\u001b[2Jkey' } };
  const { code, text } = verifyEvidenceCommand(noted, JSON.stringify(other), levels);
  assert.equal(code, 1);
  assert.match(text, /^REFUTED: party 1 has not signed this report/);
  const stranger = noted.with(1, `2=${'ab'.repeat(32)}`);
  assert.match(verifyEvidenceCommand(stranger, json, levels).text, /^REFUTED: the identity of party 2 has/);
});

test('what is no usage, and no evidence, is told', () => {
  const wrong = verifyEvidenceCommand(['2=xyz'], json);
  assert.equal(wrong.code, 2);
  assert.match(wrong.text, /"2=xyz" is not PARTY=FINGERPRINT.+usage:/s);
  for (const [input, why] of [
    ['', /no evidence on standard input: not JSON/],
    ['{}', /no evidence on standard input: version: /],
    [JSON.stringify({ ...evidence, more: 1 }), /no evidence on standard input: /],
  ] as const) {
    const { code, text } = verifyEvidenceCommand(noted, input);
    assert.equal(code, 2);
    assert.match(text, why);
  }
});

test('as a command it reads standard input, and ends with the code', () => {
  const run = (args: readonly string[], input: string) => {
    const script = join(import.meta.dirname, 'verify-evidence.ts');
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { input, encoding: 'utf8' });
    return { status, stdout, stderr };
  };
  const help = run(['--help'], '');
  assert.deepEqual([help.status, help.stderr], [0, '']);
  assert.match(help.stdout, /^usage: verify-evidence/);
  assert.equal(run(noted, json).status, 0);
  assert.equal(run(noted, json.replace('equivocation', 'view')).status, 1);
  assert.equal(run([], 'nothing').status, 2);
});
