import assert from 'node:assert/strict';
import { test } from 'node:test';
import { curves } from '../curve/curve.ts';
import { sessionContext } from '../session/context.ts';
import { Transcript } from '../session/transcript.ts';
import { proveKnowledge, verifyKnowledge } from './proof-of-knowledge.ts';

const transcript = new Transcript('test', 'statement');

for (const curve of Object.values(curves)) {
  const secret = curve.randomScalar();
  const statement = curve.multiplyBase(secret);
  const proof = proveKnowledge(curve, transcript, secret);

  test(`${curve.name}: who knows the secret can prove it, another time with another nonce`, () => {
    assert.ok(verifyKnowledge(curve, transcript, statement, proof));
    const again = proveKnowledge(curve, transcript, secret);
    assert.ok(!curve.equalPoints(again.nonce, proof.nonce));
    assert.ok(verifyKnowledge(curve, transcript, statement, again));
  });

  test(`${curve.name}: a proof with anything changed does not hold`, () => {
    const other = curve.addPoints(statement, curve.base);
    const one = curve.scalar(1n);
    assert.ok(!verifyKnowledge(curve, transcript, other, proof));
    assert.ok(
      !verifyKnowledge(curve, transcript, statement, { ...proof, nonce: curve.addPoints(proof.nonce, curve.base) }),
    );
    assert.ok(
      !verifyKnowledge(curve, transcript, statement, { ...proof, response: curve.addScalars(proof.response, one) }),
    );
    // response·G = nonce, which would suffice if the challenge were 0
    assert.ok(!verifyKnowledge(curve, transcript, statement, { nonce: curve.base, response: one }));
  });

  test(`P5: ${curve.name}: a nonce chosen after its challenge does not help`, () => {
    // the response fits the challenge of another nonce
    const response = curve.randomScalar();
    const guessed = curve.randomScalar();
    const nonce = curve.addPoints(
      curve.multiplyBase(response),
      curve.negatePoint(curve.multiplyPublic(statement, guessed)),
    );
    assert.ok(!verifyKnowledge(curve, transcript, statement, { nonce, response }));
  });

  test(`P11: ${curve.name}: a proof of one session, protocol, use or prover is none in another`, () => {
    const of = (sid: number, protocol: string, label: string, prover: number) =>
      sessionContext(new Uint8Array(32).fill(sid), protocol).proof(label, prover);
    const made = proveKnowledge(curve, of(1, 'a/v1', 'knowledge', 1), secret);
    assert.ok(verifyKnowledge(curve, of(1, 'a/v1', 'knowledge', 1), statement, made));
    for (const other of [
      of(2, 'a/v1', 'knowledge', 1),
      of(1, 'b/v1', 'knowledge', 1),
      of(1, 'a/v1', 'other', 1),
      of(1, 'a/v1', 'knowledge', 2),
    ]) {
      assert.ok(!verifyKnowledge(curve, other, statement, made));
    }
  });
}
