/** Row A5 of the attack list: whatever a dealer sends, every check of it has an answer. */
import { curves } from '../curve/curve.ts';
import { testExtremes } from '../testing/extreme-sessions.ts';
import { keygen, keygenMessages } from './keygen.ts';
import { refresh, refreshMessages } from './refresh.ts';
import { makeShares, simulateKeygen, simulateRefresh } from './testing/keys.ts';

for (const name of ['ed25519', 'secp256k1'] as const) {
  const { order } = curves[name];
  const numbers = [0n, 1n, 2n, order - 1n, order, order + 1n];
  const parameters = { curve: name, threshold: 2 };

  await testExtremes(`keygen on ${name}`, keygenMessages(parameters), numbers, (adversaries, as) =>
    simulateKeygen(parameters, 3, { protocol: party => keygen(as(party), parameters), adversaries }),
  );

  const shares = await makeShares(name, 2, 3);
  const [first] = shares;
  if (first === undefined) throw new RangeError('no shares');
  await testExtremes(`refresh on ${name}`, refreshMessages(first.sharing), numbers, (adversaries, as) =>
    simulateRefresh(shares, { protocol: party => refresh(as(party), shares[party.me - 1] ?? first), adversaries }),
  );
}
