/**
 * New shares of the same key, which are worth nothing together with the old ones. Every party deals a sharing of zero,
 * and all add what they are dealt (Herzberg, Jarecki, Krawczyk, Yung, CRYPTO 1995, section 4; as in CGGMP21 figure 6).
 * The committee and the threshold stay the same. The dealers need not commit to their commitments first. A dealer that
 * chooses last cannot move the key, because the constant coefficient is nowhere sent. Nor can that dealer undo what an
 * honest dealer adds, because it does not know the part that the honest dealer keeps.
 */
import { type Curve, type CurveName, curves, type Point, type Scalar } from '../curve/curve.ts';
import { bytes, list, point, scalar } from '../session/codec.ts';
import { direct, echo, plain } from '../session/messages.ts';
import type { Party, SessionContext } from '../session/party.ts';
import type { PartyId } from '../session/party-id.ts';
import { addCommitments, evaluate, isShareAt, type Polynomial } from './polynomial.ts';
import { type KeyShare, keyShare, pointsForHash, type Sharing } from './sharing.ts';

export type RefreshMessages = ReturnType<typeof refreshMessages>;

/**
 * The messages of a refresh. The constant coefficient is zero by construction: its commitment, the identity, is nowhere
 * sent, and nobody can send another (attack list I6). The lists have their exact length (I1).
 */
export const refreshMessages = ({ curve: name, threshold }: { curve: CurveName; threshold: number }) => {
  const curve = curves[name];
  return {
    commit: echo(list(point(curve), threshold - 1)),
    deal: direct(scalar(curve)),
    confirm: plain(bytes(32)),
  };
};

/**
 * Refreshes a share. The context of the session must name the old sharing (see `sharingHash`), because only shares of
 * the same sharing can be refreshed together.
 * @throws RangeError unless the parties of the session are just the parties of the sharing
 * @throws Misbehaviour naming the parties that deal a share that does not fit, or come to another result
 */
export async function refresh(party: Party<RefreshMessages>, old: KeyShare): Promise<KeyShare> {
  const { me, parties, context } = party;
  const { sharing } = old;
  const curve = curves[sharing.curve];
  if (me !== old.party || parties.join() !== sharing.parties.join()) {
    throw new RangeError(
      `a sharing among ${sharing.parties.join()}, party ${old.party}, refreshed by ${parties.join()}, party ${me}`,
    );
  }

  const zero = curve.scalar(0n);
  const polynomial: Polynomial = [zero, ...sharing.commitments.slice(1).map(() => curve.randomScalar())];
  const own = polynomial.slice(1).map(coefficient => curve.multiplyBase(coefficient));
  const commits = await party.broadcast('commit', own);

  const deal = (to: PartyId): Scalar => evaluate(curve, polynomial, to);
  const deals = await party.exchange('deal', deal);
  party.check('share', 'deal', deals, (from, share, to) =>
    isShareAt(curve, ofZero(curve, commits.get(from)), to, share),
  );

  const dealt = [...commits.values()].map(commitments => ofZero(curve, commitments));
  const refreshed: Sharing = { ...sharing, commitments: addCommitments(curve, [sharing.commitments, ...dealt]) };
  const share = curve.addScalars(old.secret.expose(), deal(me), ...deals.values());
  const result = keyShare(refreshed, me, share);
  using unlessConfirmed = new DisposableStack();
  unlessConfirmed.use(result.secret);

  const confirms = await party.broadcast('confirm', hashResult(context, me, refreshed));
  party.check('result', 'confirm', confirms, (from, hash) =>
    Buffer.from(hash).equals(hashResult(context, from, refreshed)),
  );
  unlessConfirmed.move();
  return result;
}

/** Returns the commitments of a dealt polynomial, whose constant coefficient is zero. */
const ofZero = (curve: Curve, sent: readonly Point[] = []): readonly Point[] => [curve.identity, ...sent];

const hashResult = (context: SessionContext, prover: PartyId, sharing: Sharing): Uint8Array =>
  context
    .proof('refresh/result', prover)
    .absorb('commitments', ...pointsForHash(curves[sharing.curve], sharing.commitments))
    .digest();
