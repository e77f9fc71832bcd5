/** The properties of every proof system: true statements are proven, and nothing can be changed in what was proven. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sessionContext } from '../../../session/context.ts';
import { taggedHash } from '../../../session/transcript.ts';
import { proofCases } from '../testing/proof-cases.ts';

const sid = taggedHash('test/sid', 1);
const context = sessionContext(sid, 'cggmp24/test/v1');
const transcript = context.proof('role', 1, 2);

/** The fields by which a proof answers its challenge. */
const RESPONSES: { readonly [name: string]: readonly string[] } = {
  prm: ['responses'],
  mod: ['responses'],
  fac: ['z1', 'z2', 'w1', 'w2', 'v'],
  'enc-elg': ['z1', 'z2', 'z3', 'w'],
  'aff-g': ['z1', 'z2', 'z3', 'z4', 'w', 'wY'],
  elog: ['z', 'u'],
};

for (const proofCase of proofCases) {
  describe(`Π${proofCase.name}`, () => {
    const proven = proofCase.prove(transcript);

    test('a true statement is proven', () => {
      assert.equal(proven.holds(transcript), true);
    });

    test('P5, P8: any change of any part of statement or proof spoils it', () => {
      let changes = 0;
      for (const { path, value: verdict } of proven.verdicts(transcript)) {
        assert.equal(verdict(), false, path);
        changes += 1;
      }
      assert.ok(changes > 5, `${changes} changes`);
    });

    test(
      'P5, P8: the challenge depends on every part of the statement and on every commitment, ' + 'on nothing else',
      () => {
        const challenged = proven.challenged(transcript);
        if (challenged === undefined) return;
        const unchanged = challenged
          .filter(({ value }) => !value)
          .map(({ path }) => path.replace(/[^A-Za-z0-9].*$/, ''));
        assert.deepEqual([...new Set(unchanged)], RESPONSES[proofCase.name]);
      },
    );

    test('P11: it proves nothing in another session, protocol or role, by another prover, to another verifier', () => {
      const others = {
        session: sessionContext(taggedHash('test/sid', 2), 'cggmp24/test/v1').proof('role', 1, 2),
        protocol: sessionContext(sid, 'cggmp24/test/v2').proof('role', 1, 2),
        role: context.proof('another role', 1, 2),
        prover: context.proof('role', 3, 2),
        verifier: context.proof('role', 1, 3),
        everybody: context.proof('role', 1),
      };
      for (const [name, other] of Object.entries(others)) assert.equal(proven.holds(other), false, name);
    });

    test('it is as long as any other of its kind, and never the same', () => {
      const again = proofCase.prove(transcript);
      assert.equal(again.encoded.length, proven.encoded.length);
      assert.notDeepEqual(again.encoded, proven.encoded);
    });
  });
}
