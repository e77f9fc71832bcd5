/**
 * Who has spoiled a presignature: all proofs of it hold, and yet the opened shares do not add up. Every signer proves to all that what
 * it has opened is what the ciphertexts hold that all have seen; who has lied cannot. ePrint 2021/060 (2024), section 4.3.1, figure 9.
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

/** What a signer needs to prove its own part. */
export interface AlertWitness {
  readonly paillier: PaillierSecretKey;
  /** Its γ, or its summand of the key. */
  readonly factor: Scalar;
  readonly products: ReadonlyMap<PartyId, OwnProducts>;
}

const roles = (context: SessionContext, about: Factor) => ({
  opening: (from: PartyId) => context.proof('alert/opening', from).absorb('about', about),
  product: (from: PartyId, to: PartyId) => context.proof('alert/product', from).absorb('about', about).absorb('to', to),
});

/** In the order in which they are made. What does not add up is told by what was opened, not by whoever asks. */
export const redAlertChecks = (view: PresignView) => {
  const { shown, curve } = view;
  const check = checksOf<PresignMessages>();
  const opened = dec(view.facts.parameters, curve);
  const multiplied = affGStar(view.facts.parameters, curve);
  const given = ['commit', 'multiply', 'open'] as const;
  const spoiled = (): Factor => {
    const about = view.spoiled;
    if (about === undefined) throw new RangeError('a presignature that nobody has spoiled');
    return about;
  };
  return {
    opening: check('opening', 'proveOpening', given, (from, proof) => {
      const about = spoiled();
      const statement = openingStatement(view, about, from);
      return statement !== undefined && opened.verify(roles(view.context, about).opening(from), statement, proof);
    }),
    products: check('products', 'proveProductsToAll', given, (from, proofs) => {
      const about = spoiled();
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
 * Ends with the culprit named.
 * @throws Misbehaviour
 * @throws PresignAborted if everybody has proven everything, which cannot be: what is spoiled must not be used all the same
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
 * That a signer's share of δ or χ is what its k times its factor, and all products for it and by it, amount to. Undefined if what it has
 * multiplied for others are no ciphertexts, of which only their recipient had a proof.
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
