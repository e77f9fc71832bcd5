/**
 * How the parties make a key that no party ever holds. Every party deals a Feldman sharing (FOCS 1987) of a secret of
 * its own; the key is the sum of these secrets. The parties commit and reveal as in Gennaro-Goldfeder, CCS 2018,
 * section 4.1, so that no party chooses its part after seeing the parts of the others. Proofs of knowledge as in
 * Komlo-Goldberg, FROST, SAC 2020, figure 1, exclude rogue keys. Along with the key, the parties make a chain code that
 * no party chooses. Each contribution to the chain code is committed to at the start, revealed under encryption only,
 * and never seen on the wire.
 */
import { randomBytes } from 'node:crypto';
import { type CurveName, curves, type Scalar } from '../curve/curve.ts';
import { Secret } from '../secret.ts';
import { bytes, list, point, scalar, struct } from '../session/codec.ts';
import { direct, echo, plain } from '../session/messages.ts';
import type { Party, SessionContext } from '../session/party.ts';
import type { PartyId } from '../session/party-id.ts';
import {
  type Contribution,
  equal,
  exclusiveOr,
  hashContribution,
  hashReveal,
  isProven,
  makeReveal,
  makeSalt,
  type Reveal,
  SALT_BYTES,
} from './commitments.ts';
import { addCommitments, evaluate, isShareAt, type Polynomial } from './polynomial.ts';
import { proofOfKnowledge } from './proof-of-knowledge.ts';
import { type KeyShare, keyShare, pointsForHash, type Sharing } from './sharing.ts';

export interface KeygenParameters {
  readonly curve: CurveName;
  /** The number of parties needed to sign, from 2 to all. */
  readonly threshold: number;
}

export interface NewKey {
  readonly share: KeyShare;
  /** 32 bytes, the same for all parties and known to nobody else. */
  readonly chainCode: Secret<Uint8Array>;
}

interface Deal extends Contribution {
  /** The value of the dealer's polynomial at the recipient. */
  readonly share: Scalar;
}

const HASH_BYTES = 32;
const CHAIN_CODE_BYTES = 32;

export type KeygenMessages = ReturnType<typeof keygenMessages>;

/** The messages of a keygen. Every list has its exact length (attack list I1). */
export const keygenMessages = ({ curve: name, threshold }: KeygenParameters) => {
  const curve = curves[name];
  return {
    commit: echo(struct({ reveal: bytes(HASH_BYTES), chainCode: bytes(HASH_BYTES) })),
    reveal: echo(
      struct<Reveal>({
        commitments: list(point(curve), threshold),
        proof: proofOfKnowledge(curve),
        salt: bytes(SALT_BYTES),
      }),
    ),
    deal: direct(struct<Deal>({ share: scalar(curve), chainCode: bytes(CHAIN_CODE_BYTES), salt: bytes(SALT_BYTES) })),
    confirm: plain(bytes(HASH_BYTES)),
  };
};

/**
 * Makes a key with the other parties of the session.
 * @throws RangeError for a threshold that the parties cannot have
 * @throws Misbehaviour naming the parties that reveal what they did not commit to, do not know their secret, deal what
 *   does not fit, or come to another result
 */
export async function keygen(party: Party<KeygenMessages>, parameters: KeygenParameters): Promise<NewKey> {
  const { me, parties, context } = party;
  const { threshold } = parameters;
  const curve = curves[parameters.curve];
  if (!Number.isInteger(threshold) || threshold < 2 || threshold > parties.length) {
    throw new RangeError(`a threshold of ${threshold} for ${parties.length} parties`);
  }

  const polynomial: Polynomial = Array.from({ length: threshold }, () => curve.randomScalar());
  const own = makeReveal(curve, context, me, polynomial);
  using ownChainCode = new Secret(new Uint8Array(randomBytes(CHAIN_CODE_BYTES)));
  const contribution = { chainCode: ownChainCode.expose(), salt: makeSalt() };

  const commits = await party.broadcast('commit', {
    reveal: hashReveal(curve, context, me, own),
    chainCode: hashContribution(context, me, contribution),
  });

  const reveals = await party.broadcast('reveal', own);
  party.check('commitment', 'reveal', reveals, (from, reveal) =>
    equal(hashReveal(curve, context, from, reveal), commits.get(from)?.reveal),
  );
  party.check('proof of knowledge', 'reveal', reveals, (from, reveal) => isProven(curve, context, from, reveal));

  const deal = (to: PartyId): Deal => ({ share: evaluate(curve, polynomial, to), ...contribution });
  const deals = await party.exchange('deal', deal);
  party.check('share', 'deal', deals, (from, { share }, to) =>
    isShareAt(curve, reveals.get(from)?.commitments ?? [], to, share),
  );
  party.check('chain code', 'deal', deals, (from, deal) =>
    equal(hashContribution(context, from, deal), commits.get(from)?.chainCode),
  );

  const all = [deal(me), ...deals.values()];
  const sharing: Sharing = {
    curve: parameters.curve,
    threshold,
    parties,
    commitments: addCommitments(
      curve,
      [...reveals.values()].map(({ commitments }) => commitments),
    ),
  };
  using unlessConfirmed = new DisposableStack();
  const chainCode = unlessConfirmed.use(new Secret(exclusiveOr(all.map(({ chainCode }) => chainCode))));
  for (const { chainCode: contributed } of all) contributed.fill(0);
  const share = keyShare(sharing, me, curve.addScalars(...all.map(({ share }) => share)));
  unlessConfirmed.use(share.secret);
  const newKey = { share, chainCode };

  const confirms = await party.broadcast('confirm', hashResult(context, me, newKey));
  party.check('result', 'confirm', confirms, (from, hash) => equal(hash, hashResult(context, from, newKey)));
  unlessConfirmed.move();
  return newKey;
}

/** Returns the hash of the result, which tells nothing of the chain code: the chain code has 256 bits of entropy. */
const hashResult = (context: SessionContext, prover: PartyId, { share, chainCode }: NewKey): Uint8Array =>
  context
    .proof('keygen/result', prover)
    .absorb('commitments', ...pointsForHash(curves[share.sharing.curve], share.sharing.commitments))
    .absorb('chain code', chainCode.expose())
    .digest();
