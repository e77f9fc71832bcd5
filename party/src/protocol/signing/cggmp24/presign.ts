/**
 * Presigning: everything of an ECDSA signature but the message. ePrint 2021/060 (2024), section 4.2, figure 8. The
 * figure writes the group multiplicatively: its Γ = g^γ is γ·G here, and the x-coordinate of Γ is r. The signers share
 * k, and open δ = k·γ.
 */
import { enforce } from '../../session/checks.ts';
import { entry, type Party } from '../../session/party.ts';
import { presignChecks } from './presign-checks.ts';
import type { PresignMessages } from './presign-messages.ts';
import { Nonces } from './presign-nonces.ts';
import { type PresignInput, PresignSteps } from './presign-steps.ts';
import { PresignAborted, type PresignView } from './presign-view.ts';
import type { Presigned } from './presignature.ts';
import { redAlert } from './red-alert.ts';

/**
 * @param view the view of this session, in which the broadcast messages are kept
 * @throws Misbehaviour naming each party whose proof fails, or that has opened another share than it has
 * @throws PresignAborted
 */
export async function presign(
  party: Party<PresignMessages>,
  input: PresignInput,
  view: PresignView,
): Promise<Presigned> {
  const { curve, shown } = view;
  const checks = presignChecks(view);
  const steps = new PresignSteps(party.me, input, view);
  const nonces = new Nonces(curve, view.auxiliaryOf(party.me));
  shown.keep('commit', await party.broadcast('commit', nonces.commitments));

  const commitmentProofs = await party.exchange('proveCommitments', to => steps.proveCommitments(to, nonces));
  enforce(party, checks.encElg, commitmentProofs);

  const products = new Map(party.others.map(to => [to, steps.multiply(to, nonces)]));
  const multiplications = await party.broadcast('multiply', steps.showProducts(nonces, products));
  enforce(party, checks.Gamma, shown.keep('multiply', multiplications));
  if (curve.isIdentity(view.Gamma)) throw new PresignAborted('the nonce point of the signature is 0');

  const productProofs = await party.exchange('proveProducts', to => steps.proveProducts(to, entry(products, to)));
  enforce(party, checks.affG, productProofs);

  const sum = steps.add(nonces, products);
  const openings = await party.broadcast('open', steps.open(nonces, sum));
  enforce(party, checks.Delta, shown.keep('open', openings));

  const about = view.spoiled;
  if (about !== undefined) {
    const { paillier } = input.auxiliary;
    return await redAlert(party, view, about, { paillier, factor: steps.factor(about, nonces), products });
  }
  const inverse = curve.invertScalar(view.divisor);
  return {
    ...view.nonce,
    k: curve.multiplyScalars(nonces.k, inverse),
    chi: curve.multiplyScalars(sum.chi, inverse),
  };
}
