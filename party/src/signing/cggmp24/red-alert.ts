/**
 * Who has spoiled a presignature: all proofs of it hold, and yet the opened shares do not add up. Every signer proves to all that what
 * it has opened is what the ciphertexts hold that all have seen; who has lied cannot. ePrint 2021/060 (2024), section 4.3.1, figure 9.
 */
import { type Curve, curves, type Point, type Scalar } from '../../curve/curve.ts';
import type { PartyId } from '../../session/errors.ts';
import { entry, type Party, type Received, type SessionContext } from '../../session/party.ts';
import { auxiliaryOf } from './auxiliary.ts';
import { productStatement } from './multiplication.ts';
import type { Ciphertext } from './paillier/paillier.ts';
import type { Commitments, Multiplications, Opening, PresignMessages } from './presign-messages.ts';
import type { Factor, OwnProducts, PresignInput, PresignSteps } from './presign-steps.ts';
import { affGStar } from './proofs/aff-g-star.ts';
import { type DecStatement, dec } from './proofs/dec.ts';

/** Everything that was shown, and what does not add up. */
export interface Alert {
  readonly about: Factor;
  readonly steps: PresignSteps;
  readonly input: PresignInput;
  readonly Gamma: Point;
  readonly commits: Received<Commitments>;
  readonly multiplications: Received<Multiplications>;
  readonly openings: Received<Opening>;
}

/** What a signer needs to prove its own part. */
export interface AlertWitness {
  /** Its γ, or its summand of the key. */
  readonly factor: Scalar;
  readonly products: ReadonlyMap<PartyId, OwnProducts>;
}

const roles = (context: SessionContext, about: Factor) => ({
  opening: (from: PartyId) => context.proof('alert/opening', from).absorb('about', about),
  product: (from: PartyId, to: PartyId) => context.proof('alert/product', from).absorb('about', about, to),
});

/**
 * Ends with the culprit named; returns only if everybody has proven everything, which cannot be.
 * @throws Misbehaviour
 */
export async function redAlert(party: Party<PresignMessages>, alert: Alert, witness: AlertWitness): Promise<void> {
  const { me, context } = party;
  const { about, steps, input, multiplications } = alert;
  const { parameters } = input;
  const curve = curves[input.share.sharing.curve];
  const role = roles(context, about);

  const opened = dec(parameters, curve);
  const statement = openingStatement(alert, curve, me);
  const { paillier } = input.auxiliary;
  const whole = paillier.key.add(paillier.key.multiply(statement.K, witness.factor), statement.D);
  const own = { x: witness.factor, y: paillier.decrypt(whole), rho: paillier.nonceOf(whole) };
  const openingProofs = await party.broadcast('proveOpening', opened.prove(role.opening(me), statement, own));
  party.check('opening', 'proveOpening', openingProofs, (from, proof) =>
    opened.verify(role.opening(from), openingStatement(alert, curve, from), proof),
  );

  const multiplied = affGStar(parameters, curve);
  const productProofs = await party.broadcast(
    'proveProductsToAll',
    steps.recipientsOf(me).map(to => entry(witness.products, to)[about].proveToAll(role.product(me, to))),
  );
  party.check('products', 'proveProductsToAll', productProofs, (from, proofs) => {
    const sent = entry(multiplications, from);
    return steps.recipientsOf(from).every((to, i) => {
      const proof = proofs[i];
      const pair = steps.pairs(from, to, sent.Gamma)[about];
      const shown = steps.productsFor(to, from, sent)[about];
      return proof !== undefined && multiplied.verify(role.product(from, to), productStatement(pair, shown), proof);
    });
  });
}

/** That a signer's share of δ or χ is what its k times its factor, and all products for it and by it, amount to. */
function openingStatement(alert: Alert, curve: Curve, of: PartyId): DecStatement {
  const { about, steps, input, Gamma, commits, multiplications, openings } = alert;
  const { paillier: key } = auxiliaryOf(input.auxiliary, of);
  const others = steps.recipientsOf(of);
  const own = entry(multiplications, of);
  const opening = entry(openings, of);
  const received: Ciphertext[] = others.map(from => steps.productsFor(of, from, entry(multiplications, from))[about].D);
  const kept: Ciphertext[] = others.map(to => steps.productsFor(to, of, own)[about].F);
  return {
    key,
    K: entry(commits, of).K,
    D: key.add(...received, key.nn.invert(key.add(...kept))),
    X: steps.pairs(of, others[0] ?? of, own.Gamma)[about].B,
    ...(about === 'gamma'
      ? { S: curve.multiplyPublic(curve.base, opening.delta), B: curve.base }
      : { S: opening.S, B: Gamma }),
  };
}
