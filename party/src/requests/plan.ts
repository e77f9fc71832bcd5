/** How a party would lead a request now: with whom, from what, and for how long at most. */
import type { SignRequest } from '@mpc-operator/crds/generated/api';
import type { Bans } from '../bans/bans.ts';
import type { Peers } from '../peers/peers.ts';
import type { Presignatures } from '../presignatures/presignatures.ts';
import type { PartyId } from '../protocol/session/party-id.ts';
import type { Verdict } from './decision.ts';
import { chooseSigners } from './leadership.ts';
import type { Memory } from './request-state.ts';
import { isEcdsa, type Length, shortTimeout, timeoutOf } from './sessions.ts';

export interface Circumstances {
  readonly me: PartyId;
  readonly peers: Pick<Peers, 'present'>;
  readonly presignatures: Pick<Presignatures, 'find'>;
  readonly bans: Pick<Bans, 'has'>;
}

export interface Plan {
  readonly signers: readonly PartyId[];
  /** The id of the presignature to sign from, if from one. */
  readonly presignature?: string;
  readonly length: Length;
  /** Milliseconds. */
  readonly timeout: number;
}

type ToSign = Extract<Verdict, { kind: 'sign' }>;

/** From a presignature if there is one; undefined: fewer can be asked than it takes. `left`: milliseconds. */
export function planOf(
  request: SignRequest,
  verdict: ToSign,
  memory: Memory,
  left: number,
  around: Circumstances,
): Plan | undefined {
  const found = presignatureFor(verdict, memory, around);
  if (found !== undefined) {
    const { id: presignature, signers } = found;
    return { signers, presignature, length: 'short', timeout: shortTimeout(left) };
  }
  const signers = signersFor(request, verdict, memory, around);
  const length = isEcdsa(verdict.key) ? 'long' : 'short';
  return signers && { signers, length, timeout: timeoutOf(length, memory.attempts + 1, left) };
}

/** Whoever cheated with one ecdsa key takes part in none. */
export const bannedOf = ({ key }: ToSign, bans: Circumstances['bans']): readonly PartyId[] =>
  isEcdsa(key) ? key.spec.parties.filter(party => bans.has(party)) : [];

function presignatureFor(
  { key, asked }: ToSign,
  { troubles, culprits, interactively }: Memory,
  { me, peers, presignatures, bans }: Circumstances,
) {
  if (!isEcdsa(key) || asked.digest === 'prehashed' || interactively) return undefined;
  const present = peers.present();
  // what a session came to is no fault of the party that leads the next one
  const acceptable = (p: PartyId): boolean =>
    p === me || (present.has(p) && !troubles.has(p) && !culprits.has(p) && !bans.has(p));
  return presignatures.find(key, acceptable);
}

function signersFor(
  { status }: SignRequest,
  verdict: ToSign,
  memory: Memory,
  { me: leader, peers, bans }: Circumstances,
): PartyId[] | undefined {
  const { parties, threshold } = verdict.key.spec;
  // another party's word is not proof, but good enough to ask somebody else first
  const named = (status?.culprits ?? []).map(({ party }) => [party, Number.MAX_SAFE_INTEGER] as const);
  const troubles = new Map([...memory.troubles, ...named]);
  const culprits = new Set([...memory.culprits.keys(), ...bannedOf(verdict, bans)]);
  return chooseSigners(memory.uid, { leader, parties, threshold, present: peers.present(), troubles, culprits });
}
