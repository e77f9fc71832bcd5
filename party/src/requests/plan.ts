/** How a party would lead a request now: with which signers, from which presignature, and for how long at most. */
import type { SignRequest } from '@mpc-operator/crds/generated/api';
import type { Bans } from '../bans/bans.ts';
import type { Peers } from '../peers/peers.ts';
import type { Presignatures } from '../presignatures/presignatures.ts';
import type { PartyId } from '../protocol/session/party-id.ts';
import { isEcdsa, type Length, shortTimeout, timeoutOf } from './concurrency.ts';
import type { ToSign } from './decision.ts';
import { chooseSigners } from './leadership.ts';
import type { RequestState } from './request-state.ts';

export interface Circumstances {
  readonly me: PartyId;
  readonly peers: Pick<Peers, 'present'>;
  readonly presignatures: Pick<Presignatures, 'find'>;
  readonly bans: Pick<Bans, 'has'>;
}

export interface Plan {
  readonly signers: readonly PartyId[];
  /** The id of the presignature to sign from; undefined: the session makes everything itself. */
  readonly presignature?: string;
  readonly length: Length;
  /** The timeout of the session in milliseconds. */
  readonly timeout: number;
}

/**
 * A plan that signs from a presignature if there is one; undefined if fewer parties than the threshold can be asked.
 * @param left milliseconds until the deadline of the request
 */
export function planOf(
  request: SignRequest,
  decision: ToSign,
  state: RequestState,
  left: number,
  around: Circumstances,
): Plan | undefined {
  const found = presignatureFor(decision, state, around);
  if (found !== undefined) {
    const { id: presignature, signers } = found;
    return { signers, presignature, length: 'short', timeout: shortTimeout(left) };
  }
  const signers = signersFor(request, decision, state, around);
  const length = isEcdsa(decision.key) ? 'long' : 'short';
  return signers && { signers, length, timeout: timeoutOf(length, state.attempts + 1, left) };
}

/** The parties that may not sign: a party that cheated with one ecdsa key takes part in no ecdsa key. */
export const bannedOf = ({ key }: ToSign, bans: Circumstances['bans']): readonly PartyId[] =>
  isEcdsa(key) ? key.spec.parties.filter(party => bans.has(party)) : [];

function presignatureFor(
  { key, requested }: ToSign,
  { failures, culprits, interactively }: RequestState,
  { me, peers, presignatures, bans }: Circumstances,
) {
  if (!isEcdsa(key) || requested.digest === 'prehashed' || interactively) return undefined;
  const present = peers.present();
  // a failure of an earlier session is no fault of the party that leads the next one
  const acceptable = (p: PartyId): boolean =>
    p === me || (present.has(p) && !failures.has(p) && !culprits.has(p) && !bans.has(p));
  return presignatures.find(key, acceptable);
}

function signersFor(
  { status }: SignRequest,
  decision: ToSign,
  state: RequestState,
  { me: leader, peers, bans }: Circumstances,
): PartyId[] | undefined {
  const { parties, threshold } = decision.key.spec;
  // the word of another party proves nothing, but is reason enough to ask somebody else first
  const named = (status?.culprits ?? []).map(({ party }) => [party, Number.MAX_SAFE_INTEGER] as const);
  const failures = new Map([...state.failures, ...named]);
  const culprits = new Set([...state.culprits.keys(), ...bannedOf(decision, bans)]);
  return chooseSigners(state.uid, { leader, parties, threshold, present: peers.present(), failures, culprits });
}
