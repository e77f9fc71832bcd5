/**
 * The other parties of the cluster: their pinned identities, which of them are present, and how far the log of each
 * party reached when it was last met.
 */
import type { Clock } from '@mpc-operator/runtime/clock';
import type { Logger } from '@mpc-operator/runtime/log';
import { decodeJson } from '../json-message.ts';
import { fingerprint } from '../protocol/identity/identity.ts';
import type { Member } from '../protocol/session/context.ts';
import { ContextMismatch } from '../protocol/session/errors.ts';
import type { Standing } from '../protocol/session/hello.ts';
import type { PartyId } from '../protocol/session/party-id.ts';
import type { PartyEvent } from '../store/events.ts';
import { peers as peersProjection } from '../store/projections.ts';
import type { Store } from '../store/store.ts';
import { introducedBy, MAX_PRESENCE_BYTES, presence } from './introduction.ts';
import { rejectSetBack } from './set-back-store.ts';

export interface PeersOptions {
  readonly store: Store;
  /** This party's own identity: Ed25519 public key. */
  readonly identity: Uint8Array;
  readonly incarnation: number;
  readonly log: Logger;
  readonly clock: Clock;
  /** Called when a later incarnation of this party runs: this one must not take part in anything any more. */
  readonly superseded: (incarnation: number) => void;
  /** Called when the identity of another party was pinned. */
  readonly met: () => void;
}

interface Seen {
  readonly at: number;
  readonly ready: boolean;
  readonly incarnation: number;
}

interface Memory extends Standing {
  readonly recordedAt: number;
}

/** Milliseconds without a message after which a party counts as away: the time of three messages. */
const AWAY_AFTER = 3_500;
/** Milliseconds at least between two records in the log of how far a peer's log is. */
const RECORD_AFTER = 60_000;

export class Peers {
  readonly #options: PeersOptions;
  readonly #pinned = new Map<PartyId, Uint8Array>();
  readonly #seen = new Map<PartyId, Seen>();
  readonly #memory = new Map<PartyId, Memory>();
  /** Parties that show another identity than the pinned one. */
  readonly #impostors = new Set<PartyId>();

  private constructor(options: PeersOptions) {
    this.#options = options;
  }

  static async open(options: PeersOptions): Promise<Peers> {
    const peers = new Peers(options);
    const { clock, store } = options;
    for (const [id, { publicKey, incarnation, position, head }] of await store.all(peersProjection)) {
      if (publicKey !== undefined) peers.#pinned.set(Number(id), bytes(publicKey));
      peers.#memory.set(Number(id), { incarnation, position, head: bytes(head), recordedAt: clock.now() });
    }
    return peers;
  }

  get me(): PartyId {
    return this.#options.store.owner.party;
  }

  /** Parties, this one included, that were heard of lately and take sessions. */
  present(): ReadonlySet<PartyId> {
    const others = this.#heard().filter(([, { ready }]) => ready);
    return new Set([this.me, ...others.map(([id]) => id)]);
  }

  /**
   * The incarnation of each party that was heard of lately. A party that takes no new sessions is among them: it still
   * ends its sessions that run.
   */
  starts(): ReadonlyMap<PartyId, number> {
    const others = this.#heard().map(([id, { incarnation }]) => [id, incarnation] as const);
    return new Map([[this.me, this.#options.incarnation], ...others]);
  }

  #heard() {
    const now = this.#options.clock.now();
    return [...this.#seen].filter(([, { at }]) => now - at < AWAY_AFTER);
  }

  /** The other parties that have introduced themselves, ascending. */
  acquainted(): readonly PartyId[] {
    return [...this.#pinned.keys()].sort((a, b) => a - b);
  }

  /** Parties whose identity changed: somebody replaced them, or pretends to be them. */
  impostors(): readonly PartyId[] {
    return [...this.#impostors].sort((a, b) => a - b);
  }

  /**
   * The parties with their pinned identities, ascending.
   * @throws ContextMismatch naming the parties that have not introduced themselves yet
   */
  members(ids: readonly PartyId[]): Member[] {
    const known = (id: PartyId) => (id === this.me ? this.#options.identity : this.#pinned.get(id));
    const strangers = ids.filter(id => known(id) === undefined);
    if (strangers.length > 0)
      throw new ContextMismatch(`parties ${strangers.join(', ')} have not introduced themselves yet`);
    return [...ids].sort((a, b) => a - b).flatMap(id => ({ id, identity: known(id) ?? [] }) as Member);
  }

  /** Takes note of what a party says of itself. Never throws: the party says so again in a second. */
  async hear(from: PartyId, message: Uint8Array): Promise<void> {
    const { store, log, clock, incarnation, superseded, met } = this.#options;
    const said = decodeJson(presence, message, MAX_PRESENCE_BYTES);
    if (said === undefined) return;
    if (from === this.me) {
      if (said.incarnation > incarnation) superseded(said.incarnation);
      return;
    }
    const pinned = this.#pinned.get(from);
    if (pinned === undefined) {
      const identity = introducedBy(store.owner, from, said);
      if (identity === undefined) {
        log.warn('an introduction that does not verify', { from });
        return;
      }
      try {
        await store.append([{ type: 'PeerPinned', party: from, publicKey: said.identity }]);
      } catch (error) {
        log.error('the identity of a party could not be pinned', { from, error });
        return;
      }
      this.#pinned.set(from, identity);
      log.info('pinned the identity of a party', { party: from, identity: fingerprint(identity) });
      met();
    } else if (!Buffer.from(pinned).equals(bytes(said.identity))) {
      if (!this.#impostors.has(from)) log.error('a party shows another identity than the pinned one', { party: from });
      this.#impostors.add(from);
      return;
    }
    this.#impostors.delete(from);
    this.#seen.set(from, { at: clock.now(), ready: said.ready, incarnation: said.incarnation });
  }

  /**
   * Compares what other parties say of their logs with what this party remembers.
   * @throws ContextMismatch naming a party that was set back, or forked
   */
  async acceptStandings(standings: ReadonlyMap<PartyId, Standing>): Promise<void> {
    const { store, clock } = this.#options;
    for (const [id, standing] of standings) rejectSetBack(id, this.#memory.get(id), standing);
    const events: PartyEvent[] = [];
    for (const [id, { incarnation, position, head }] of standings) {
      const known = this.#memory.get(id);
      const furthest = known?.incarnation === incarnation ? Math.max(known.position, position) : position;
      const due = known?.incarnation !== incarnation || clock.now() - known.recordedAt >= RECORD_AFTER;
      const recordedAt = due ? clock.now() : known.recordedAt;
      this.#memory.set(id, { incarnation, position: furthest, head, recordedAt });
      if (due)
        events.push({
          type: 'PeerSeen',
          party: id,
          incarnation,
          position: furthest,
          head: Buffer.from(head).toString('hex'),
        });
    }
    if (events.length > 0) await store.append(events);
  }
}

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
