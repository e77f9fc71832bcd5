/** Row A5 of the attack list: whatever a signer sends, every check of it has an answer. */
import { curves } from '../../curve/curve.ts';
import { simulate } from '../../session/simulator.ts';
import { makeShares } from '../../sharing/testing/keys.ts';
import { testExtremes } from '../../testing/extreme-sessions.ts';
import { frost } from './frost.ts';

const message = Buffer.from('a payment');

for (const [purpose, curve] of [
  ['eddsa', 'ed25519'],
  ['taproot', 'secp256k1'],
] as const) {
  const { order } = curves[curve];
  const { messages, agreement, sign } = frost(purpose);
  const shares = await makeShares(curve, 2, 3);
  const [first] = shares;
  if (first === undefined) throw new RangeError('no shares');
  await testExtremes(`frost for ${purpose}`, messages, [0n, 1n, 2n, order - 1n, order, order + 1n], (adversaries, as) =>
    simulate({
      parties: 3,
      messages,
      parameters: agreement(first.sharing, message),
      protocol: party => sign(as(party), shares[party.me - 1] ?? first, message),
      adversaries,
    }),
  );
}
