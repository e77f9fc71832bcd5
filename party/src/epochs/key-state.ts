/**
 * What one party knows of the epochs of one key, or of the generations of auxiliary information: a value, changed by
 * pure functions. The rules are the four steps of the design (prepare, certify, activate, erase) against the attack
 * forget-and-forgive (eprint 2020/1052): nothing is erased before every party is known to have its replacement, and
 * every acknowledged epoch is kept until a higher epoch is final.
 */

import type { AuxiliarySpec, KeySpec } from '@mpc-operator/crds/control';
import type { PartyId } from '../protocol/session/party-id.ts';
import { type CarriedOut, withCarriedOut } from './carried-out.ts';
import type { AnyProposal, AuxiliaryProposal, Proposal } from './proposal.ts';

/**
 * One numbered attempt at an epoch, which this party has acknowledged. Signatures are in hex, and verified before they
 * get here.
 */
export interface Attempt<P extends AnyProposal = AnyProposal> {
  readonly proposal: P;
  /** The triggers that count as carried out once the attempt is certified. */
  readonly triggers: readonly string[];
  readonly acks: ReadonlyMap<PartyId, string>;
  readonly activated: ReadonlyMap<PartyId, string>;
}

export interface Erasure {
  readonly below: number;
  readonly signature: string;
}

/** The state that keys and auxiliary information have in common: every step is the same for both. */
export interface EpochState<S = KeySpec | AuxiliarySpec, P extends AnyProposal = AnyProposal> {
  readonly keyId: string;
  readonly spec: S;
  readonly me: PartyId;
  /** The attempts that this party has acknowledged and not yet let go, by number. */
  readonly attempts: ReadonlyMap<number, Attempt<P>>;
  /** The highest number ever acknowledged. */
  readonly highest: number;
  /** The epoch this party signs with: the highest certified number it knows; 0: none. */
  readonly active: number;
  /** The highest number that every party has activated; 0: none. */
  readonly final: number;
  /** This party's shares of epochs below this number are destroyed. */
  readonly erasedBelow: number;
  readonly erased: ReadonlyMap<PartyId, Erasure>;
  /** The last trigger of each source that led to a certified epoch, as far as it is remembered. */
  readonly carriedOut: ReadonlyMap<string, CarriedOut>;
}

export type KeyState = EpochState<KeySpec, Proposal>;
export type AuxiliaryState = EpochState<AuxiliarySpec, AuxiliaryProposal>;

export const isKey = (state: EpochState): state is KeyState => !('kind' in state.spec);

/**
 * The next step that a party takes by itself. Steps are taken one at a time: the next follows from the state that this
 * step leads to.
 */
export type Step =
  | { readonly kind: 'activate'; readonly epoch: number }
  | { readonly kind: 'finalise'; readonly epoch: number }
  | { readonly kind: 'erase'; readonly below: number };

export function newEpochs<S>(me: PartyId, spec: S, keyId: string): EpochState<S, never> {
  return {
    keyId,
    spec,
    me,
    attempts: new Map(),
    highest: 0,
    active: 0,
    final: 0,
    erasedBelow: 0,
    erased: new Map(),
    carriedOut: new Map(),
  };
}

export function nextStep(key: EpochState): Step | undefined {
  const certified = [...key.attempts.values()].filter(isCertified).map(a => a.proposal.epoch);
  const highest = Math.max(0, ...certified);
  if (highest > key.active) return { kind: 'activate', epoch: highest };
  const active = key.attempts.get(key.active);
  if (active !== undefined && key.active > key.final && active.activated.size === active.proposal.identities.length) {
    return { kind: 'finalise', epoch: key.active };
  }
  return key.final > key.erasedBelow ? { kind: 'erase', below: key.final } : undefined;
}

export const isCertified = (a: Attempt): boolean => a.acks.size === a.proposal.identities.length;

/**
 * Records the acknowledgement of a proposal.
 * @throws RangeError for a number that is not above all before: a party acknowledges one transcript per number, only
 *   upwards
 */
export function acknowledge<S extends EpochState>(
  key: S,
  proposal: AnyProposal,
  triggers: readonly string[],
  signature: string,
): S {
  if (proposal.epoch <= key.highest) {
    throw new RangeError(
      `attempt ${proposal.epoch} of key ${key.keyId} is not above ${key.highest}, which is acknowledged`,
    );
  }
  const attempt = { proposal, triggers, acks: new Map([[key.me, signature]]), activated: new Map() };
  return { ...key, highest: proposal.epoch, attempts: new Map([...key.attempts, [proposal.epoch, attempt]]) };
}

/** Adds another party's acknowledgement of an attempt that this party has acknowledged too; ignores any other. */
export function withAck<S extends EpochState>(key: S, epoch: number, party: PartyId, signature: string): S {
  return changeAttempt(key, epoch, a => ({ ...a, acks: new Map([...a.acks, [party, signature]]) }));
}

export function withActivated<S extends EpochState>(key: S, epoch: number, party: PartyId, signature: string): S {
  return changeAttempt(key, epoch, a => ({ ...a, activated: new Map([...a.activated, [party, signature]]) }));
}

export function withErased<S extends EpochState>(key: S, party: PartyId, erasure: Erasure): S {
  const known = key.erased.get(party);
  return known && known.below >= erasure.below ? key : { ...key, erased: new Map([...key.erased, [party, erasure]]) };
}

/** Switches this party to a certified epoch; `signature` is its statement that it did. */
export function activate<S extends EpochState>(key: S, epoch: number, signature: string): S {
  const attempt = key.attempts.get(epoch);
  if (attempt === undefined || !isCertified(attempt))
    throw new RangeError(`epoch ${epoch} of key ${key.keyId} has no certificate`);
  const carriedOut = withCarriedOut(key.carriedOut, attempt.triggers, epoch);
  return withActivated({ ...key, active: epoch, carriedOut }, epoch, key.me, signature);
}

/** Makes an epoch final, which every party has activated: no party needs an older epoch any more. */
export function finalise<S extends EpochState>(key: S, epoch: number): S {
  return { ...key, final: epoch, attempts: new Map([...key.attempts].filter(([number]) => number >= epoch)) };
}

/** Records that this party has destroyed its shares of epochs below `below`; `signature` is its statement of that. */
export function erase<S extends EpochState>(key: S, below: number, signature: string): S {
  return withErased({ ...key, erasedBelow: below }, key.me, { below, signature });
}

/**
 * Whether this party has acknowledged a later attempt at making the key of the same name. Then it never activates this
 * key: of two attempts that made different keys, at most one can become final.
 */
export const isRenounced = (key: KeyState, sameName: readonly KeyState[]): boolean =>
  key.active === 0 && sameName.some(other => other.keyId !== key.keyId && other.highest > key.highest);

/** Whether nobody waits any more: no other party for a statement of this party, and this party for none of another. */
export function isSettled(key: EpochState): boolean {
  const parties = key.attempts.get(key.final)?.proposal.identities ?? [];
  return key.highest === key.final && parties.every(({ party }) => (key.erased.get(party)?.below ?? 0) >= key.final);
}

function changeAttempt<S extends EpochState>(key: S, epoch: number, change: (a: Attempt) => Attempt): S {
  const attempt = key.attempts.get(epoch);
  return attempt === undefined ? key : { ...key, attempts: new Map([...key.attempts, [epoch, change(attempt)]]) };
}
