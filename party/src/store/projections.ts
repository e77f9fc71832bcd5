import * as z from 'zod';
import { isEpochEvent, keyIdOf } from '../epochs/events.ts';
import { ecdsaForms } from './events.ts';
import type { Projection } from './projection.ts';

/** A session id that was used before: the session must not run. */
export class SessionUsed extends Error {
  override readonly name = 'SessionUsed';
  constructor(sid: string) {
    super(`session ${sid} was opened before`);
  }
}

const sessionState = z.object({ seq: z.int() });

/** Session ids that are used up, by their hex. Appending an id twice is refused with SessionUsed. */
export const sessions: Projection<z.infer<typeof sessionState>> = {
  name: 'sessions',
  version: 1,
  state: sessionState,
  keys: event => (event.type === 'SessionOpened' ? [event.sid] : []),
  reduce(state, { seq }, key) {
    if (state) throw new SessionUsed(key);
    return { seq };
  },
};

const signatureState = z.object({
  keyId: z.string(),
  epoch: z.int(),
  signature: z.string(),
  signers: z.array(z.int()),
  publicKey: z.string().optional(),
  ecdsa: ecdsaForms.optional(),
});

/**
 * The first signature of each SignRequest, by the uid of the request: a request is answered once, whoever asks again.
 */
export const signatures: Projection<z.infer<typeof signatureState>> = {
  name: 'signatures',
  version: 2,
  state: signatureState,
  keys: event => (event.type === 'Signed' ? [event.request] : []),
  reduce(state, { event }) {
    if (state || event.type !== 'Signed') return state;
    const { type: _, request: __, ...signature } = event;
    return signature;
  },
};

/** A presignature that was used before: two signatures from one presignature would give the key away. */
export class PresignatureUsed extends Error {
  override readonly name = 'PresignatureUsed';
  constructor(id: string) {
    super(`presignature ${id} was used before`);
  }
}

/** Presignatures that are used up, by id. Appending an id twice is refused with PresignatureUsed (attack list D1). */
export const presignatures: Projection<z.infer<typeof sessionState>> = {
  name: 'presignatures',
  version: 1,
  state: sessionState,
  keys: event => (event.type === 'PresignatureConsumed' ? [event.presignature] : []),
  reduce(state, { seq }, key) {
    if (state) throw new PresignatureUsed(key);
    return { seq };
  },
};

const banState = z.object({ reason: z.string(), evidence: z.string() });

/** Parties that are excluded from threshold ECDSA, by number. */
export const bans: Projection<z.infer<typeof banState>> = {
  name: 'bans',
  version: 1,
  state: banState,
  keys: event => (event.type === 'PartyBanned' || event.type === 'BanLifted' ? [`${event.party}`] : []),
  reduce(_, { event }) {
    return event.type === 'PartyBanned' ? { reason: event.reason, evidence: event.evidence } : undefined;
  },
};

/** The bans that were lifted, by party and session: evidence from that session does not ban that party again. */
export const liftedBans: Projection<z.infer<typeof sessionState>> = {
  name: 'pardons',
  version: 1,
  state: sessionState,
  keys: event => (event.type === 'BanLifted' && event.session ? [`${event.party} ${event.session}`] : []),
  reduce: (_, { seq }) => ({ seq }),
};

const peerState = z.object({
  publicKey: z.string().optional(),
  incarnation: z.int(),
  position: z.int(),
  head: z.string(),
});
type PeerState = z.infer<typeof peerState>;

/** What is known of each peer, by its number: its pinned identity, and how far its log was ever seen to be. */
export const peers: Projection<PeerState> = {
  name: 'peers',
  version: 1,
  state: peerState,
  keys: event => (event.type === 'PeerPinned' || event.type === 'PeerSeen' ? [`${event.party}`] : []),
  reduce(state, { event }, key) {
    const known: PeerState = state ?? { incarnation: 0, position: 0, head: '' };
    if (event.type === 'PeerPinned') {
      if (known.publicKey !== undefined && known.publicKey !== event.publicKey)
        throw new RangeError(`party ${key} has another identity pinned: only an approved repair may change it`);
      return { ...known, publicKey: event.publicKey };
    }
    if (event.type !== 'PeerSeen') return state;
    const { incarnation, position, head } = event;
    return incarnation >= known.incarnation && position >= known.position
      ? { ...known, incarnation, position, head }
      : known;
  },
};

const selfState = z.object({ incarnation: z.int(), publicKey: z.string().optional(), generation: z.int() });
type SelfState = z.infer<typeof selfState>;

/** The key of the only row of `self`. */
export const SELF = 'self';

/** The state of this party: the number of its starts, its identity, and the generation of its sealing key. */
export const self: Projection<SelfState> = {
  name: 'self',
  version: 1,
  state: selfState,
  keys: ({ type }) => (['Started', 'IdentityCreated', 'SealingKeyChanged'].includes(type) ? [SELF] : []),
  reduce(state, { event }) {
    const known: SelfState = state ?? { incarnation: 0, generation: 0 };
    switch (event.type) {
      case 'Started':
        if (event.incarnation !== known.incarnation + 1)
          throw new RangeError(`incarnation ${event.incarnation} after ${known.incarnation}`);
        return { ...known, incarnation: event.incarnation };
      case 'IdentityCreated':
        if (known.publicKey !== undefined) throw new RangeError('this party has an identity already');
        return { ...known, publicKey: event.publicKey };
      case 'SealingKeyChanged':
        return { ...known, generation: event.generation };
      default:
        return state;
    }
  },
};

/**
 * An event about a key that this party does not hold: the key was destroyed, or never made. It must not be recorded.
 */
export class KeyNotHeld extends Error {
  override readonly name = 'KeyNotHeld';
  constructor(keyId: string) {
    super(`key ${keyId} is not held: it was destroyed`);
  }
}

const heldState = z.object({ seq: z.int() });

/**
 * The keys that this party holds, by id. Whatever else runs while a key is destroyed, no event about that key is
 * recorded afterwards: a refresh would bring the key back, and any other event would make the log unreadable.
 */
export const heldKeys: Projection<z.infer<typeof heldState>> = {
  name: 'held-keys',
  version: 1,
  state: heldState,
  keys: event => (isEpochEvent(event) ? [keyIdOf(event)] : []),
  reduce(state, { event, seq }, key) {
    if (event.type === 'KeyDestroyed') return undefined;
    const isFirst = event.type === 'EpochAcknowledged' && event.proposal.base === 0;
    if (state === undefined && !isFirst) throw new KeyNotHeld(key);
    return state ?? { seq };
  },
};

const attemptState = z.object({ number: z.int() });

/** The highest number of a failed attempt, by what it was at: the name of a key, or auxiliary information. */
export const attemptsSeen: Projection<z.infer<typeof attemptState>> = {
  name: 'attempts-seen',
  version: 1,
  state: attemptState,
  keys: event => (event.type === 'AttemptFailed' ? [event.key] : []),
  reduce(state, { event }) {
    return event.type === 'AttemptFailed' ? { number: Math.max(state?.number ?? 0, event.number) } : state;
  },
};

/** All projections of a party's store. */
export const partyProjections = [
  sessions,
  signatures,
  presignatures,
  bans,
  liftedBans,
  peers,
  self,
  heldKeys,
  attemptsSeen,
] as const;
