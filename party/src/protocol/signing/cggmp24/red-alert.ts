/**
 * Finds the signer that has spoiled a presignature: all proofs of the presignature hold, and yet the opened shares do
 * not add up. Every signer proves to all that the share that it has opened is the one that the ciphertexts hold, which
 * all have seen; a signer that has lied cannot prove that. ePrint 2021/060 (2024), section 4.3.1, figure 9.
 */
import type { Scalar } from '../../curve/curve.ts';
import { checksOf, enforce } from '../../session/checks.ts';
import { entry, type Party, type SessionContext } from '../../session/party.ts';
import type { PartyId } from '../../session/party-id.ts';
import { productStatement } from './multiplication.ts';
import type { Ciphertext, PaillierSecretKey } from './paillier/paillier.ts';
import type { PresignMessages } from './presign-messages.ts';
import type { OwnProducts } from './presign-steps.ts';
import { type Factor, PresignAborted, type PresignView } from './presign-view.ts';
import { affGStar } from './proofs/aff-g-star.ts';
import { type DecStatement, dec } from './proofs/dec.ts';

/** The values that a signer needs to prove its own part. */
export interface AlertWitness {
  readonly paillier: PaillierSecretKey;
  /** The signer's γ, or its summand of the key. */
  readonly factor: Scalar;
  readonly products: ReadonlyMap<PartyId, OwnProducts>;
}

const roles = (context: SessionContext, about: Factor) => ({
  opening: (from: PartyId) => context.proof('alert/opening', from).absorb('about', about),
  product: (from: PartyId, to: PartyId) => context.proof('alert/product', from).absorb('about', about).absorb('to', to),
});

/**
 * Returns the checks in the order in which they are made. The opened values tell which sum is wrong, not the party that
 * asks.
 */
export const redAlertChecks = (view: PresignView) => {
  const { shown, curve } = view;
  const check = checksOf<PresignMessages>();
  const opened = dec(view.facts.parameters, curve);
  const multiplied = affGStar(view.facts.parameters, curve);
  const given = ['commit', 'multiply', 'open'] as const;
  return {
    opening: check('opening', 'proveOpening', given, (from, proof) => {
      const about = view.spoiled;
      // all see alike whether a presignature is spoiled, and no honest signer proves anything of one that is not
      if (about === undefined) return false;
      const statement = openingStatement(view, about, from);
      return statement !== undefined && opened.verify(roles(view.context, about).opening(from), statement, proof);
    }),
    products: check('products', 'proveProductsToAll', given, (from, proofs) => {
      const about = view.spoiled;
      if (about === undefined) return false;
      const role = roles(view.context, about);
      const sent = entry(shown.of('multiply'), from);
      return view.recipientsOf(from).every((to, i) => {
        const proof = proofs[i];
        const pair = view.pairs(from, to, sent.Gamma)[about];
        const product = view.productsFor(to, from, sent)[about];
        return proof !== undefined && multiplied.verify(role.product(from, to), productStatement(pair, product), proof);
      });
    }),
  };
};

/**
 * Ends the session with the culprit named.
 * @throws Misbehaviour naming the culprit
 * @throws PresignAborted if every signer has proven everything, which cannot be: even then a spoiled presignature must
 * not be used
 */
export async function redAlert(
  party: Party<PresignMessages>,
  view: PresignView,
  about: Factor,
  { paillier, factor, products }: AlertWitness,
): Promise<never> {
  const { me } = party;
  const { parameters } = view.facts;
  const checks = redAlertChecks(view);
  const role = roles(view.context, about);

  const statement = openingStatement(view, about, me);
  if (statement === undefined) throw new RangeError('own products that are no ciphertexts');
  const whole = paillier.key.add(paillier.key.multiply(statement.K, factor), statement.D);
  const own = { x: factor, y: paillier.decrypt(whole), rho: paillier.nonceOf(whole) };
  const opening = dec(parameters, view.curve).prove(role.opening(me), statement, own);
  enforce(party, checks.opening, await party.broadcast('proveOpening', opening));

  const proven = view.recipientsOf(me).map(to => entry(products, to)[about].proveToAll(role.product(me, to)));
  enforce(party, checks.products, await party.broadcast('proveProductsToAll', proven));
  throw new PresignAborted('the presignature is spoiled, and by nobody that can be shown');
}

/**
 * Returns the statement that a signer's share of δ or χ is the sum of its k times its factor and its shares of all
 * products, those for the signer and those by it. Returns undefined if the products by the signer hold an F that is no
 * ciphertext: only the recipient of a product had a proof of it.
 */
function openingStatement(view: PresignView, about: Factor, of: PartyId): DecStatement | undefined {
  const { curve, shown, Gamma } = view;
  const multiplications = shown.of('multiply');
  const { paillier: key } = view.auxiliaryOf(of);
  const others = view.recipientsOf(of);
  const own = entry(multiplications, of);
  const opening = entry(shown.of('open'), of);
  const received: Ciphertext[] = others.map(from => view.productsFor(of, from, entry(multiplications, from))[about].D);
  const kept: Ciphertext[] = others.map(to => view.productsFor(to, of, own)[about].F);
  if (!key.areCiphertexts(...kept)) return undefined;
  return {
    key,
    K: entry(shown.of('commit'), of).K,
    D: key.add(...received, key.nn.invert(key.add(...kept))),
    X: view.factorPoint(about, of),
    ...(about === 'gamma'
      ? { S: curve.multiplyPublic(curve.base, opening.delta), B: curve.base }
      : { S: opening.S, B: Gamma }),
  };
}
