/**
 * One presigning session, as it is seen by every signer, and by any party that is shown the broadcast messages: ePrint
 * 2021/060 (2024), section 4.2, figure 8.
 */
import { type Curve, curves, type Point, type Scalar } from '../../curve/curve.ts';
import { Shown } from '../../session/checks.ts';
import { entry, type SessionContext } from '../../session/party.ts';
import type { PartyId } from '../../session/party-id.ts';
import type { Sharing } from '../../sharing/sharing.ts';
import { xModuloOrder } from '../ecdsa.ts';
import type { SigningKey } from '../signing-key.ts';
import { additivePoint } from './additive-share.ts';
import type { PublicAuxiliary } from './auxiliary.ts';
import type { MultiplicationPair } from './multiplication.ts';
import type { CggmpParameters } from './parameters.ts';
import type { Multiplications, PresignMessages, Products } from './presign-messages.ts';
import type { SharedNonce } from './presignature.ts';

/** The public facts of a presigning session. */
export interface PresignFacts {
  readonly parameters: CggmpParameters;
  /** The auxiliary information of all signers, at least. */
  readonly auxiliary: ReadonlyMap<PartyId, PublicAuxiliary>;
  readonly sharing: Sharing;
  /** The signing key, and the map to it from the shared key. */
  readonly key: SigningKey;
}

/** The value that is multiplied with k: γ for δ, x for χ. */
export type Factor = 'gamma' | 'x';

/**
 * Γ or δ is 0, which never happens by chance, and for which all signers together would have to be to blame; or the
 * presignature is spoiled, and no signer can be shown to be to blame.
 */
export class PresignAborted extends Error {
  override readonly name = 'PresignAborted';
}

export class PresignView {
  readonly facts: PresignFacts;
  readonly signers: readonly PartyId[];
  readonly context: SessionContext;
  readonly curve: Curve;
  readonly shown = new Shown<PresignMessages>();
  /** The public counterparts of all signers' summands of the key. */
  readonly #X: ReadonlyMap<PartyId, Point>;
  #Gamma: Point | undefined;
  #nonce: SharedNonce | undefined;

  constructor(
    session: { readonly parties: readonly PartyId[]; readonly context: SessionContext },
    facts: PresignFacts,
  ) {
    const { sharing, key } = facts;
    this.facts = facts;
    this.signers = session.parties;
    this.context = session.context;
    this.curve = curves[sharing.curve];
    this.#X = new Map(this.signers.map(id => [id, additivePoint(sharing, key.tweak, this.signers, id)]));
  }

  auxiliaryOf(party: PartyId): PublicAuxiliary {
    return entry(this.facts.auxiliary, party);
  }

  /** Returns the signers that a signer's products are for, in the order of the products. */
  recipientsOf(sender: PartyId): readonly PartyId[] {
    return this.signers.filter(id => id !== sender);
  }

  /** @throws RangeError if there are none: between two signers there are, since the length of the list was checked */
  productsFor(to: PartyId, from: PartyId, { products }: Multiplications): Products {
    const found = products[this.recipientsOf(from).indexOf(to)];
    if (found === undefined) throw new RangeError(`party ${from} sent no products for party ${to}`);
    return found;
  }

  /**
   * Returns the two multiplications that `from` makes for `to`: the k of `to` with the γ of `from`, and with the x of
   * `from`.
   */
  pairs(
    from: PartyId,
    to: PartyId,
    Gamma: Point,
  ): { readonly gamma: MultiplicationPair; readonly x: MultiplicationPair } {
    const C = entry(this.shown.of('commit'), to).K;
    const pair = { sender: this.auxiliaryOf(from), receiver: this.auxiliaryOf(to), C };
    return { gamma: { ...pair, B: Gamma }, x: { ...pair, B: entry(this.#X, from) } };
  }

  /** Returns γ·G or x·G of a signer, after the round `multiply`. */
  factorPoint(about: Factor, of: PartyId): Point {
    return about === 'gamma' ? entry(this.shown.of('multiply'), of).Gamma : entry(this.#X, of);
  }

  /** Γ = Σ Γ_j. */
  get Gamma(): Point {
    this.#Gamma ??= this.curve.addPoints(...[...this.shown.of('multiply').values()].map(({ Gamma }) => Gamma));
    return this.#Gamma;
  }

  /**
   * Figure 8, output: the factor whose equation does not hold, δ·G = Σ Δ_j for γ and δ·X = Σ S_j for x; undefined if
   * both equations hold.
   */
  get spoiled(): Factor | undefined {
    const { curve } = this;
    const all = [...this.shown.of('open').values()];
    const delta = this.#delta();
    if (!curve.equalPoints(curve.multiplyPublic(curve.base, delta), curve.addPoints(...all.map(({ Delta }) => Delta))))
      return 'gamma';
    return curve.equalPoints(
      curve.multiplyPublic(this.facts.key.point, delta),
      curve.addPoints(...all.map(({ S }) => S)),
    )
      ? undefined
      : 'x';
  }

  /** Whether the signers have a nonce: neither δ, nor Γ, nor the r of the signature is 0. */
  get hasNonce(): boolean {
    const { curve, Gamma } = this;
    return this.#delta() !== 0n && !curve.isIdentity(Gamma) && xModuloOrder(curve, Gamma) !== 0n;
  }

  /**
   * Figure 8, output: δ, by which all shares are divided.
   * @throws PresignAborted
   */
  get divisor(): Scalar {
    if (!this.hasNonce) throw new PresignAborted('the nonce of the signature is 0');
    return this.#delta();
  }

  /**
   * The public part of the output of figure 8.
   * @throws PresignAborted
   */
  get nonce(): SharedNonce {
    const { curve } = this;
    if (this.#nonce === undefined) {
      const inverse = curve.invertScalar(this.divisor);
      const checks = [...this.shown.of('open')].map(
        ([id, { Delta, S }]) =>
          [id, { Delta: curve.multiplyPublic(Delta, inverse), S: curve.multiplyPublic(S, inverse) }] as const,
      );
      this.#nonce = { Gamma: this.Gamma, checks: new Map(checks) };
    }
    return this.#nonce;
  }

  /** δ = Σ δ_j. */
  #delta(): Scalar {
    return this.curve.addScalars(...[...this.shown.of('open').values()].map(({ delta }) => delta));
  }
}
