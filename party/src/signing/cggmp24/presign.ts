/**
 * Presigning: all of an ECDSA signature but the message. ePrint 2021/060 (2024), section 4.2, figure 8. The figure writes the group
 * multiplicatively: its Γ = g^γ is γ·G here, whose x-coordinate is r. What is shared is k, where δ = k·γ is opened.
 */
import { type Curve, curves, type Scalar } from '../../curve/curve.ts';
import { entry, type Party, type Received } from '../../session/party.ts';
import { xModuloOrder } from '../ecdsa.ts';
import { auxiliaryOf } from './auxiliary.ts';
import type { Opening, PresignMessages } from './presign-messages.ts';
import { Nonces } from './presign-nonces.ts';
import { type Factor, type PresignInput, PresignSteps, type Sum } from './presign-steps.ts';
import type { Presigned } from './presignature.ts';
import { redAlert } from './red-alert.ts';

/** Γ or δ is 0, which by chance never happens, and for which all signers together would have to be to blame. */
export class PresignAborted extends Error {
  override readonly name = 'PresignAborted';
}

/**
 * @throws Misbehaviour naming whose proof fails, or who has opened another share than it has
 * @throws PresignAborted
 */
export async function presign(party: Party<PresignMessages>, input: PresignInput): Promise<Presigned> {
  const curve = curves[input.share.sharing.curve];
  const nonces = new Nonces(curve, auxiliaryOf(input.auxiliary, party.me));
  const commits = await party.broadcast('commit', nonces.commitments);
  const steps = new PresignSteps(party, input, commits);

  const commitmentProofs = await party.exchange('proveCommitments', to => steps.proveCommitments(to, nonces));
  party.check('enc-elg', 'proveCommitments', commitmentProofs, (from, proofs, to) =>
    steps.areCommitted(from, to, proofs),
  );

  const products = new Map(party.others.map(to => [to, steps.multiply(to, nonces)]));
  const multiplications = await party.broadcast('multiply', steps.showProducts(nonces, products));
  party.check('elog of Gamma', 'multiply', multiplications, (from, sent) => steps.isGamma(from, sent));

  const productProofs = await party.exchange('proveProducts', to => steps.proveProducts(to, entry(products, to)));
  party.check('aff-g', 'proveProducts', productProofs, (from, proofs, to) =>
    steps.areProducts(from, to, entry(multiplications, from), proofs),
  );

  const sum = steps.add(nonces, products, multiplications);
  const openings = await party.broadcast('open', steps.open(nonces, sum));
  party.check('elog of Delta', 'open', openings, (from, opening) => steps.isDelta(from, sum.Gamma, opening));

  const delta = curve.addScalars(...[...openings.values()].map(opening => opening.delta));
  const about = spoiled(input, delta, openings);
  if (about !== undefined) {
    const alert = { about, steps, input, Gamma: sum.Gamma, commits, multiplications, openings };
    await redAlert(party, alert, { factor: steps.factor(about, nonces), products });
  }
  return finish(curve, nonces.k, sum, delta, openings);
}

/** Figure 8, output: which of δ·G = Σ Δ_j and δ·X = Σ S_j does not hold. */
function spoiled({ share, key }: PresignInput, delta: Scalar, openings: Received<Opening>): Factor | undefined {
  const curve = curves[share.sharing.curve];
  const all = [...openings.values()];
  if (!curve.equalPoints(curve.multiplyPublic(curve.base, delta), curve.addPoints(...all.map(({ Delta }) => Delta))))
    return 'gamma';
  return curve.equalPoints(curve.multiplyPublic(key.point, delta), curve.addPoints(...all.map(({ S }) => S)))
    ? undefined
    : 'x';
}

/** Figure 8, output: everything is divided by δ. */
function finish(curve: Curve, k: Scalar, { Gamma, chi }: Sum, delta: Scalar, openings: Received<Opening>): Presigned {
  if (delta === 0n || curve.isIdentity(Gamma) || xModuloOrder(curve, Gamma) === 0n)
    throw new PresignAborted('the nonce of the signature is 0');
  const inverse = curve.invertScalar(delta);
  return {
    Gamma,
    k: curve.multiplyScalars(k, inverse),
    chi: curve.multiplyScalars(chi, inverse),
    checks: new Map(
      [...openings].map(([id, { Delta, S }]) => [
        id,
        { Delta: curve.multiplyPublic(Delta, inverse), S: curve.multiplyPublic(S, inverse) },
      ]),
    ),
  };
}
