/**
 * The checks that every signer makes of the others while they presign: ePrint 2021/060 (2024), section 4.2, figure 8.
 */
import { checksOf } from '../../session/checks.ts';
import { entry, type SessionContext } from '../../session/party.ts';
import type { PartyId } from '../../session/party-id.ts';
import { productStatement } from './multiplication.ts';
import type { CommitmentProofs, Multiplications, PresignMessages, ProductProofs } from './presign-messages.ts';
import { DeltaStatement, GammaStatement, gammaStatement, kStatement } from './presign-nonces.ts';
import type { PresignView } from './presign-view.ts';
import { affG } from './proofs/aff-g.ts';
import { elog } from './proofs/elog.ts';
import { encElg } from './proofs/enc-elg.ts';

/** The transcript of each proof of presigning, which names the role of the proof, the prover and the verifier. */
export const roles = (context: SessionContext) => ({
  k: (from: PartyId, to: PartyId) => context.proof('presign/k', from, to),
  gamma: (from: PartyId, to: PartyId) => context.proof('presign/gamma', from, to),
  Gamma: (from: PartyId) => context.proof('presign/Gamma', from),
  kGamma: (from: PartyId, to: PartyId) => context.proof('presign/k·gamma', from, to),
  kX: (from: PartyId, to: PartyId) => context.proof('presign/k·x', from, to),
  Delta: (from: PartyId) => context.proof('presign/Delta', from),
});

/** Returns the checks in the order in which they are made. */
export const presignChecks = (view: PresignView) => {
  const { shown, curve } = view;
  const check = checksOf<PresignMessages>();
  const proof = roles(view.context);
  return {
    encElg: check('enc-elg', 'proveCommitments', ['commit'], (from, proofs, to) =>
      areCommitted(view, from, to, proofs),
    ),
    Gamma: check('elog of Gamma', 'multiply', ['commit'], (from, { Gamma, proof: shownProof }) =>
      elog(curve).verify(proof.Gamma(from), GammaStatement(curve, entry(shown.of('commit'), from), Gamma), shownProof),
    ),
    affG: check('aff-g', 'proveProducts', ['commit', 'multiply'], (from, proofs, to) =>
      areProducts(view, from, to, entry(shown.of('multiply'), from), proofs),
    ),
    Delta: check('elog of Delta', 'open', ['commit', 'multiply'], (from, { Delta, proof: shownProof }) =>
      elog(curve).verify(
        proof.Delta(from),
        DeltaStatement(entry(shown.of('commit'), from), Delta, view.Gamma),
        shownProof,
      ),
    ),
  };
};

function areCommitted(view: PresignView, from: PartyId, to: PartyId, { k, gamma }: CommitmentProofs): boolean {
  const commitments = entry(view.shown.of('commit'), from);
  const [theirs, { ring }] = [view.auxiliaryOf(from), view.auxiliaryOf(to)];
  const system = encElg(view.facts.parameters, view.curve);
  const proof = roles(view.context);
  return (
    system.verify(proof.k(from, to), kStatement(commitments, theirs, ring), k) &&
    system.verify(proof.gamma(from, to), gammaStatement(commitments, theirs, ring), gamma)
  );
}

function areProducts(
  view: PresignView,
  from: PartyId,
  to: PartyId,
  sent: Multiplications,
  proofs: ProductProofs,
): boolean {
  const pairs = view.pairs(from, to, sent.Gamma);
  const { gamma, x } = view.productsFor(to, from, sent);
  const system = affG(view.facts.parameters, view.curve);
  const proof = roles(view.context);
  return (
    system.verify(proof.kGamma(from, to), productStatement(pairs.gamma, gamma), proofs.gamma) &&
    system.verify(proof.kX(from, to), productStatement(pairs.x, x), proofs.x)
  );
}
