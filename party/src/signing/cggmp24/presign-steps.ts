import { type Curve, curves, type Point, type Scalar } from '../../curve/curve.ts';
import type { PartyId } from '../../session/errors.ts';
import { entry, type Received, type SessionContext } from '../../session/party.ts';
import type { KeyShare } from '../../sharing/sharing.ts';
import type { SigningKey } from '../signing-key.ts';
import { additivePoint, additiveShare } from './additive-share.ts';
import { type Auxiliary, auxiliaryOf } from './auxiliary.ts';
import { type MultiplicationPair, multiply, type OwnProduct, productStatement } from './multiplication.ts';
import type { CggmpParameters } from './parameters.ts';
import type {
  CommitmentProofs,
  Commitments,
  Multiplications,
  Opening,
  ProductProofs,
  Products,
} from './presign-messages.ts';
import { DeltaStatement, GammaStatement, gammaStatement, kStatement, type Nonces } from './presign-nonces.ts';
import { affG } from './proofs/aff-g.ts';
import { elog } from './proofs/elog.ts';
import { encElg } from './proofs/enc-elg.ts';

export interface PresignInput {
  readonly parameters: CggmpParameters;
  readonly auxiliary: Auxiliary;
  readonly share: KeyShare;
  /** The key that signs, and how it comes from the shared one. */
  readonly key: SigningKey;
}

/** What is multiplied with k: for δ and for χ. */
export type Factor = 'gamma' | 'x';

export interface OwnProducts {
  readonly gamma: OwnProduct;
  readonly x: OwnProduct;
}

/** What round 2 amounts to. */
export interface Sum {
  readonly Gamma: Point;
  /** The share of k·γ. */
  readonly delta: Scalar;
  /** The share of k·x. */
  readonly chi: Scalar;
}

/** What each proof of presigning is for: the role, who proves, and to whom. */
const roles = (context: SessionContext) => ({
  k: (from: PartyId, to: PartyId) => context.proof('presign/k', from, to),
  gamma: (from: PartyId, to: PartyId) => context.proof('presign/gamma', from, to),
  Gamma: (from: PartyId) => context.proof('presign/Gamma', from),
  kGamma: (from: PartyId, to: PartyId) => context.proof('presign/k·gamma', from, to),
  kX: (from: PartyId, to: PartyId) => context.proof('presign/k·x', from, to),
  Delta: (from: PartyId) => context.proof('presign/Delta', from),
});

/** The steps of presigning for one signer, once all commitments are there: each computes or judges one thing of figure 8. */
export class PresignSteps {
  readonly #me: PartyId;
  readonly #signers: readonly PartyId[];
  readonly #proof: ReturnType<typeof roles>;
  readonly #input: PresignInput;
  readonly #curve: Curve;
  readonly #commits: Received<Commitments>;
  /** The signer's summand of the key. */
  readonly #x: Scalar;
  /** The public counterparts of the summands of all signers. */
  readonly #X: ReadonlyMap<PartyId, Point>;

  constructor(
    party: { readonly me: PartyId; readonly parties: readonly PartyId[]; readonly context: SessionContext },
    input: PresignInput,
    commits: Received<Commitments>,
  ) {
    const { share, key } = input;
    this.#me = party.me;
    this.#signers = party.parties;
    this.#proof = roles(party.context);
    this.#input = input;
    this.#curve = curves[share.sharing.curve];
    this.#commits = commits;
    this.#x = additiveShare(share, key.tweak, this.#signers);
    this.#X = new Map(this.#signers.map(id => [id, additivePoint(share.sharing, key.tweak, this.#signers, id)]));
  }

  proveCommitments(to: PartyId, nonces: Nonces): CommitmentProofs {
    const [own, { ring }] = [this.#of(this.#me), this.#of(to)];
    const system = encElg(this.#input.parameters, this.#curve);
    return {
      k: system.prove(this.#proof.k(this.#me, to), kStatement(nonces.commitments, own, ring), nonces.kWitness),
      gamma: system.prove(
        this.#proof.gamma(this.#me, to),
        gammaStatement(nonces.commitments, own, ring),
        nonces.gammaWitness,
      ),
    };
  }

  areCommitted(from: PartyId, to: PartyId, { k, gamma }: CommitmentProofs): boolean {
    const [commitments, theirs, { ring }] = [entry(this.#commits, from), this.#of(from), this.#of(to)];
    const system = encElg(this.#input.parameters, this.#curve);
    return (
      system.verify(this.#proof.k(from, to), kStatement(commitments, theirs, ring), k) &&
      system.verify(this.#proof.gamma(from, to), gammaStatement(commitments, theirs, ring), gamma)
    );
  }

  multiply(to: PartyId, { gamma, Gamma }: Nonces): OwnProducts {
    const { parameters } = this.#input;
    const pairs = this.pairs(this.#me, to, Gamma);
    return {
      gamma: multiply(parameters, this.#curve, pairs.gamma, gamma),
      x: multiply(parameters, this.#curve, pairs.x, this.#x),
    };
  }

  showProducts(nonces: Nonces, products: ReadonlyMap<PartyId, OwnProducts>): Multiplications {
    const { Gamma } = nonces;
    const statement = GammaStatement(this.#curve, nonces.commitments, Gamma);
    return {
      Gamma,
      proof: elog(this.#curve).prove(this.#proof.Gamma(this.#me), statement, nonces.GammaWitness),
      products: this.recipientsOf(this.#me).map(to => entry(products, to)),
    };
  }

  isGamma(from: PartyId, { Gamma, proof }: Multiplications): boolean {
    const statement = GammaStatement(this.#curve, entry(this.#commits, from), Gamma);
    return elog(this.#curve).verify(this.#proof.Gamma(from), statement, proof);
  }

  proveProducts(to: PartyId, { gamma, x }: OwnProducts): ProductProofs {
    return { gamma: gamma.prove(this.#proof.kGamma(this.#me, to)), x: x.prove(this.#proof.kX(this.#me, to)) };
  }

  areProducts(from: PartyId, to: PartyId, sent: Multiplications, proofs: ProductProofs): boolean {
    const { parameters } = this.#input;
    const pairs = this.pairs(from, to, sent.Gamma);
    const { gamma, x } = this.productsFor(to, from, sent);
    const system = affG(parameters, this.#curve);
    return (
      system.verify(this.#proof.kGamma(from, to), productStatement(pairs.gamma, gamma), proofs.gamma) &&
      system.verify(this.#proof.kX(from, to), productStatement(pairs.x, x), proofs.x)
    );
  }

  /** Figure 8, round 3: δ_i = γ_i·k_i + Σ (α + β), χ_i = x_i·k_i + Σ (α̂ + β̂). */
  add(nonces: Nonces, own: ReadonlyMap<PartyId, OwnProducts>, received: Received<Multiplications>): Sum {
    const curve = this.#curve;
    const { paillier } = this.#input.auxiliary;
    const decrypted = (of: Factor) =>
      this.recipientsOf(this.#me).map(from =>
        curve.scalar(paillier.decrypt(this.productsFor(this.#me, from, entry(received, from))[of].D)),
      );
    const kept = (of: Factor) => [...own.values()].map(products => products[of].share);
    return {
      Gamma: curve.addPoints(...[...received.values()].map(({ Gamma }) => Gamma)),
      delta: curve.addScalars(curve.multiplyScalars(nonces.gamma, nonces.k), ...decrypted('gamma'), ...kept('gamma')),
      chi: curve.addScalars(curve.multiplyScalars(this.#x, nonces.k), ...decrypted('x'), ...kept('x')),
    };
  }

  open(nonces: Nonces, { Gamma, delta, chi }: Sum): Opening {
    const Delta = this.#curve.multiply(Gamma, nonces.k);
    const statement = DeltaStatement(nonces.commitments, Delta, Gamma);
    const proof = elog(this.#curve).prove(this.#proof.Delta(this.#me), statement, nonces.DeltaWitness);
    return { delta, S: this.#curve.multiply(Gamma, chi), Delta, proof };
  }

  isDelta(from: PartyId, Gamma: Point, { Delta, proof }: Opening): boolean {
    const statement = DeltaStatement(entry(this.#commits, from), Delta, Gamma);
    return elog(this.#curve).verify(this.#proof.Delta(from), statement, proof);
  }

  /** What this signer multiplies with k. */
  factor(of: Factor, { gamma }: Nonces): Scalar {
    return of === 'gamma' ? gamma : this.#x;
  }

  #of(party: PartyId) {
    return auxiliaryOf(this.#input.auxiliary, party);
  }

  /** Whom a signer's products are for, in their order. */
  recipientsOf(sender: PartyId): readonly PartyId[] {
    return this.#signers.filter(id => id !== sender);
  }

  /** @throws RangeError if there are none: the length of the list was checked */
  productsFor(to: PartyId, from: PartyId, { products }: Multiplications): Products {
    const found = products[this.recipientsOf(from).indexOf(to)];
    if (found === undefined) throw new RangeError(`party ${from} sent no products for party ${to}`);
    return found;
  }

  /** What a signer multiplies for another: its k with the sender's γ and with its x. */
  pairs(
    from: PartyId,
    to: PartyId,
    Gamma: Point,
  ): { readonly gamma: MultiplicationPair; readonly x: MultiplicationPair } {
    const pair = { sender: this.#of(from), receiver: this.#of(to), C: entry(this.#commits, to).K };
    return { gamma: { ...pair, B: Gamma }, x: { ...pair, B: entry(this.#X, from) } };
  }
}
