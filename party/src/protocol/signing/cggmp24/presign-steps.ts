import type { Point, Scalar } from '../../curve/curve.ts';
import { entry } from '../../session/party.ts';
import type { PartyId } from '../../session/party-id.ts';
import type { KeyShare } from '../../sharing/sharing.ts';
import type { SigningKey } from '../signing-key.ts';
import { additiveShare } from './additive-share.ts';
import type { Auxiliary } from './auxiliary.ts';
import { multiply, type OwnProduct } from './multiplication.ts';
import type { CggmpParameters } from './parameters.ts';
import { roles } from './presign-checks.ts';
import type { CommitmentProofs, Multiplications, Opening, ProductProofs } from './presign-messages.ts';
import { DeltaStatement, GammaStatement, gammaStatement, kStatement, type Nonces } from './presign-nonces.ts';
import type { Factor, PresignFacts, PresignView } from './presign-view.ts';
import { elog } from './proofs/elog.ts';
import { encElg } from './proofs/enc-elg.ts';

export interface PresignInput {
  readonly parameters: CggmpParameters;
  readonly auxiliary: Auxiliary;
  readonly share: KeyShare;
  /** The signing key, and the map to it from the shared key. */
  readonly key: SigningKey;
}

/** Returns the public part of the input. */
export const presignFacts = ({ parameters, auxiliary, share, key }: PresignInput): PresignFacts => ({
  parameters,
  auxiliary: auxiliary.all,
  sharing: share.sharing,
  key,
});

export interface OwnProducts {
  readonly gamma: OwnProduct;
  readonly x: OwnProduct;
}

/** The result of round 2 for one signer. */
export interface Sum {
  /** The share of k·γ. */
  readonly delta: Scalar;
  /** The share of k·x. */
  readonly chi: Scalar;
}

/** The steps of presigning for one signer. Each method computes one value of figure 8. */
export class PresignSteps {
  readonly #me: PartyId;
  readonly #view: PresignView;
  readonly #proof: ReturnType<typeof roles>;
  readonly #input: PresignInput;
  /** The signer's summand of the key. */
  readonly #x: Scalar;

  constructor(me: PartyId, input: PresignInput, view: PresignView) {
    this.#me = me;
    this.#view = view;
    this.#proof = roles(view.context);
    this.#input = input;
    this.#x = additiveShare(input.share, input.key.tweak, view.signers);
  }

  proveCommitments(to: PartyId, nonces: Nonces): CommitmentProofs {
    const [own, { ring }] = [this.#view.auxiliaryOf(this.#me), this.#view.auxiliaryOf(to)];
    const system = encElg(this.#input.parameters, this.#view.curve);
    return {
      k: system.prove(this.#proof.k(this.#me, to), kStatement(nonces.commitments, own, ring), nonces.kWitness),
      gamma: system.prove(
        this.#proof.gamma(this.#me, to),
        gammaStatement(nonces.commitments, own, ring),
        nonces.gammaWitness,
      ),
    };
  }

  multiply(to: PartyId, { gamma, Gamma }: Nonces): OwnProducts {
    const { parameters } = this.#input;
    const { curve } = this.#view;
    const pairs = this.#view.pairs(this.#me, to, Gamma);
    return {
      gamma: multiply(parameters, curve, pairs.gamma, gamma),
      x: multiply(parameters, curve, pairs.x, this.#x),
    };
  }

  showProducts(nonces: Nonces, products: ReadonlyMap<PartyId, OwnProducts>): Multiplications {
    const { curve } = this.#view;
    const { Gamma } = nonces;
    const statement = GammaStatement(curve, nonces.commitments, Gamma);
    return {
      Gamma,
      proof: elog(curve).prove(this.#proof.Gamma(this.#me), statement, nonces.GammaWitness),
      products: this.#view.recipientsOf(this.#me).map(to => entry(products, to)),
    };
  }

  proveProducts(to: PartyId, { gamma, x }: OwnProducts): ProductProofs {
    return { gamma: gamma.prove(this.#proof.kGamma(this.#me, to)), x: x.prove(this.#proof.kX(this.#me, to)) };
  }

  /** Figure 8, round 3: δ_i = γ_i·k_i + Σ (α + β), χ_i = x_i·k_i + Σ (α̂ + β̂). */
  add(nonces: Nonces, own: ReadonlyMap<PartyId, OwnProducts>): Sum {
    const { curve, shown } = this.#view;
    const { paillier } = this.#input.auxiliary;
    const received = shown.of('multiply');
    const decrypted = (of: Factor) =>
      this.#view
        .recipientsOf(this.#me)
        .map(from =>
          curve.scalar(paillier.decrypt(this.#view.productsFor(this.#me, from, entry(received, from))[of].D)),
        );
    const kept = (of: Factor) => [...own.values()].map(products => products[of].share);
    return {
      delta: curve.addScalars(curve.multiplyScalars(nonces.gamma, nonces.k), ...decrypted('gamma'), ...kept('gamma')),
      chi: curve.addScalars(curve.multiplyScalars(this.#x, nonces.k), ...decrypted('x'), ...kept('x')),
    };
  }

  open(nonces: Nonces, { delta, chi }: Sum): Opening {
    const { curve, Gamma } = this.#view;
    const Delta: Point = curve.multiply(Gamma, nonces.k);
    const statement = DeltaStatement(nonces.commitments, Delta, Gamma);
    const proof = elog(curve).prove(this.#proof.Delta(this.#me), statement, nonces.DeltaWitness);
    return { delta, S: curve.multiply(Gamma, chi), Delta, proof };
  }

  /** Returns the value that this signer multiplies with k: its γ, or its summand of the key. */
  factor(of: Factor, { gamma }: Nonces): Scalar {
    return of === 'gamma' ? gamma : this.#x;
  }
}
