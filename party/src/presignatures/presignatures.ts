/**
 * Keeps a stock of presignatures for each ecdsa key that this party may lead with, and comes to the sessions in which other parties make
 * theirs. What is bound to an epoch or to auxiliary information that is not used any more is wiped.
 */
import { randomBytes } from 'node:crypto';
import type { KeyShareSet } from '@mpc-operator/crds/generated/api';
import type { Clock } from '@mpc-operator/runtime/clock';
import type { Reconcile, Result } from '@mpc-operator/runtime/controller';
import type { Logger } from '@mpc-operator/runtime/log';
import { TokenBuckets } from '@mpc-operator/runtime/token-bucket';
import { whyNotWith } from '../auxiliary/agreed.ts';
import type { Bans } from '../bans/bans.ts';
import { isCertified, type KeyState } from '../epochs/key-state.ts';
import { Attendance } from '../host/attendance.ts';
import { Invitations } from '../host/invitations.ts';
import { JoinedSessions } from '../host/joined-sessions.ts';
import { whyNotTogether } from '../keys/quorum.ts';
import { presignaturesHeld } from '../metrics.ts';
import type { Peers } from '../peers/peers.ts';
import type { Channel } from '../protocol/session/channel.ts';
import { ContextMismatch, mayBeUnheard, Timeout } from '../protocol/session/errors.ts';
import type { PartyId } from '../protocol/session/party-id.ts';
import { decodePresignMessage, encodePresignMessage, type PresignInvitation } from './invitation.ts';
import { type Binding, isBefore, type Pooled, PresignaturePool } from './pool.ts';
import { type PresignSessionOptions, presignTogether } from './presign-session.ts';

export interface PresignaturesOptions extends PresignSessionOptions {
  readonly me: PartyId;
  /** Carries invitations and their answers. */
  readonly channel: Channel;
  readonly peers: Pick<Peers, 'present' | 'starts'>;
  readonly clock: Clock;
  readonly bans: Pick<Bans, 'has'>;
  /** What this party sees of the KeyShareSet of this name. */
  readonly keyShareSet: (name: string) => KeyShareSet | undefined;
  /** Whether this party takes part in sessions. */
  readonly able: () => boolean;
  /** Whether something runs at this party that somebody waits for. */
  readonly busy: () => boolean;
  /** There are more, or fewer, of the key of this name. */
  readonly changed: (name: string) => void;
  /** Aborts when this party takes no new sessions: nobody waits for these. */
  readonly drains: AbortSignal;
  readonly log: Logger;
}

/** Some signer does not have its part of a presignature any more: nobody is to blame, and it is to be signed interactively. */
export class PresignatureGone extends Error {
  override readonly name = 'PresignatureGone';
}

/** Milliseconds. */
const LOOK_AGAIN = 5_000;
/** For so long whoever did not come to a session is not asked again, so that the stocks of all keys do not wait for it. */
const AVOIDED = 60_000;
/** Sessions that one owner may begin: each costs a look into the HSM, and a line of the log. */
const INVITATIONS = { perSecond: 4, burst: 32 };
/** Between two looks whether others are done. */
const YIELD = 100;
/** Sessions of one owner that this party comes to at once: an honest one makes one after the other for each key. */
const MAX_FOLLOWED = 8;

export class Presignatures {
  readonly #options: PresignaturesOptions;
  readonly #pool = new PresignaturePool();
  readonly #invitations = new Invitations();
  readonly #followed = new JoinedSessions(MAX_FOLLOWED);
  /** Sessions that run, and how they are ended when what they make will be of no use. */
  readonly #making = new Set<{ readonly binding: Binding; readonly outdated: AbortController }>();
  /** Names of keys whose stock is being filled up to the target. */
  readonly #filling = new Set<string>();
  /** Until when each party is not asked, in the milliseconds of the clock. */
  readonly #avoided = new Map<PartyId, number>();
  readonly #bidden: TokenBuckets<PartyId>;
  readonly #stop: () => void;

  constructor(options: PresignaturesOptions) {
    this.#options = options;
    this.#bidden = new TokenBuckets({ ...INVITATIONS, clock: options.clock });
    this.#stop = options.channel.listen((from, bytes) => this.#hear(from, bytes));
  }

  close(): void {
    this.#stop();
  }

  /** How many this party could lead with, as far as bans let it. */
  count(key: KeyState): number {
    const { me, bans } = this.#options;
    const binding = this.#bindingOf(key);
    return binding ? this.#pool.count(me, binding, signer => !bans.has(signer)) : 0;
  }

  get(id: string): Pooled | undefined {
    return this.#pool.get(id);
  }

  /** One that this party may lead with, all of whose signers are acceptable. */
  find(key: KeyState, acceptable: (signer: PartyId) => boolean): Pooled | undefined {
    const binding = this.#bindingOf(key);
    return binding && this.#pool.find(this.#options.me, binding, acceptable);
  }

  /** Gives one out, once. @throws PresignatureGone if it is not there */
  take(id: string): Pooled {
    const pooled = this.#pool.take(id);
    if (pooled === undefined) throw new PresignatureGone(`presignature ${id} is not here`);
    this.#changed(pooled.keyId);
    return pooled;
  }

  /** What a key that has changed, or auxiliary information that has, leaves without use. */
  purge(keyId: string): void {
    const key = this.#options.keyring.byId(keyId)?.state;
    const current = key && this.#bindingOf(key);
    for (const { binding, outdated } of this.#making) {
      const isStale = current === undefined || isBefore(binding, current);
      if (binding.keyId === keyId && isStale) outdated.abort(new ContextMismatch('replaced by a later epoch'));
    }
    const wiped = this.#pool.purge(keyId, current);
    if (wiped === 0) return;
    this.#options.log.info('presignatures wiped', { keyId, count: wiped });
    this.#changed(keyId);
  }

  /** Reconciles the stock of one key, by its name: makes at most one, and comes back. */
  readonly reconcile: Reconcile = async ({ name }, { signal }): Promise<Result> => {
    const { keyring, able, busy, me } = this.#options;
    const key = keyring.serving(name);
    if (key === undefined || key.spec.purpose !== 'ecdsa') return {};
    const binding = this.#bindingOf(key);
    if (binding === undefined || !able()) return { requeueAfter: LOOK_AGAIN };
    const there = this.#pool.count(me, binding, this.#whoIsThere());
    if (!this.#isWanted(name, there)) return {};
    const signers = this.#chooseSigners(key);
    if (signers === undefined) return { requeueAfter: LOOK_AGAIN };
    if (busy()) return { requeueAfter: YIELD };
    const begin = performance.now();
    await this.#lead(key, binding, signers, signal);
    // half of the time is left to whatever else there is
    return { requeueAfter: Math.max(1, performance.now() - begin) };
  };

  #changed(keyId: string): void {
    const { me, keyring, changed } = this.#options;
    presignaturesHeld.set(this.#pool.ownedBy(me));
    const name = keyring.byId(keyId)?.state.spec.name;
    if (name !== undefined) changed(name);
  }

  /** Below the mark a stock is filled up, and then it may go down to the mark again. */
  #isWanted(name: string, there: number): boolean {
    const object = this.#options.keyShareSet(name);
    const { target, lowWater = Math.ceil(target / 2) }: KeyShareSet['spec']['presignatures'] = object?.spec
      .presignatures ?? { target: 0 };
    const gone = object === undefined || object.metadata.deletionTimestamp !== undefined;
    if (gone || there >= target) this.#filling.delete(name);
    else if (there < Math.max(1, lowWater)) this.#filling.add(name);
    return this.#filling.has(name);
  }

  #bindingOf(key: KeyState): Binding | undefined {
    const auxiliary = this.#options.keyring.auxiliary()?.state;
    if (auxiliary === undefined || auxiliary.active === 0 || key.active === 0) return undefined;
    return { keyId: key.keyId, epoch: key.active, generation: auxiliary.active };
  }

  #whoIsThere(): (signer: PartyId) => boolean {
    const { peers, bans } = this.#options;
    const present = peers.present();
    return signer => present.has(signer) && !bans.has(signer);
  }

  /** This party and others that are there, by chance, so that all combinations come about. */
  #chooseSigners({ spec }: KeyState): PartyId[] | undefined {
    const { me, clock } = this.#options;
    const [now, isThere] = [clock.now(), this.#whoIsThere()];
    const others = spec.parties
      .filter(party => party !== me && isThere(party) && (this.#avoided.get(party) ?? 0) <= now)
      .map(party => ({ party, rank: Math.random() }))
      .sort((a, b) => a.rank - b.rank);
    const signers = [me, ...others.slice(0, spec.threshold - 1).map(({ party }) => party)];
    return signers.length === spec.threshold ? signers.sort((a, b) => a - b) : undefined;
  }

  async #lead(key: KeyState, binding: Binding, signers: readonly PartyId[], signal: AbortSignal): Promise<void> {
    const { me, channel } = this.#options;
    const session = `presign-${randomBytes(16).toString('hex')}`;
    using invited = this.#invitations.open(session, signers);
    const invitation: PresignInvitation = { type: 'invitation', session, ...binding, signers: [...signers] };
    const ready = async (): Promise<void> => {
      for (const signer of signers.filter(s => s !== me)) await channel.send(signer, encodePresignMessage(invitation));
    };
    const ends = AbortSignal.any([signal, invited.signal]);
    try {
      await this.#make(invitation, me, { signal: ends, ready });
    } catch (error) {
      const { clock } = this.#options;
      if (error instanceof Timeout) for (const party of error.missing) this.#avoided.set(party, clock.now() + AVOIDED);
      throw error;
    }
    this.#changed(key.keyId);
  }

  /** Ends early when a signer has gone, or what is made will be of no use: old shares are not erased while it goes on. */
  async #make(
    invitation: PresignInvitation,
    owner: PartyId,
    { signal, ready }: { readonly signal?: AbortSignal; readonly ready?: () => Promise<void> },
  ): Promise<void> {
    const { peers, clock, drains, keyring } = this.#options;
    const making = { binding: invitation, outdated: new AbortController() };
    this.#making.add(making);
    using attendance = new Attendance(invitation.signers, peers, clock);
    try {
      const ends = AbortSignal.any([making.outdated.signal, attendance.signal, drains, ...(signal ? [signal] : [])]);
      const pooled = await presignTogether(this.#options, invitation, owner, { signal: ends, ...(ready && { ready }) });
      const key = keyring.byId(invitation.keyId)?.state;
      const current = key && this.#bindingOf(key);
      // what is replaced while it comes to its end is not kept
      if (current === undefined || isBefore(pooled, current)) pooled.presignature[Symbol.dispose]();
      else this.#pool.add(pooled);
    } finally {
      this.#making.delete(making);
    }
  }

  #hear(from: PartyId, bytes: Uint8Array): void {
    const message = decodePresignMessage(bytes);
    if (message?.type === 'decline') this.#invitations.decline(from, message.session, message.reason);
    if (message?.type !== 'invitation' || this.#followed.has(message.session)) return;
    this.#follow(from, message).catch((error: unknown) => {
      this.#options.log.error('an invitation to presign was not answered', { leader: from, error });
    });
  }

  async #follow(owner: PartyId, invitation: PresignInvitation): Promise<void> {
    const { channel, log } = this.#options;
    const { session } = invitation;
    const decline = (reason: string) =>
      channel.send(owner, encodePresignMessage({ type: 'decline', session, reason: reason.slice(0, 256) }));
    const why = this.#bidden.of(owner).tryTake() ? this.#whyNot(owner, invitation) : 'too many invitations';
    if (why !== undefined) return await decline(why);
    using place = this.#followed.enter(owner, session);
    if (place === undefined) return await decline('too many sessions');
    try {
      await this.#make(invitation, owner, {});
    } catch (error) {
      log.warn('a session to presign failed', { session, owner, error });
      if (mayBeUnheard(error)) await decline(error instanceof ContextMismatch ? error.message : 'not able to');
    }
  }

  /** Why this party does not come; undefined: it comes. */
  #whyNot(owner: PartyId, { keyId, epoch, generation, signers }: PresignInvitation): string | undefined {
    const { me, keyring, able, bans } = this.#options;
    if (!able()) return 'not able to';
    const banned = signers.filter(signer => bans.has(signer));
    if (banned.length > 0) return `parties ${banned.join(', ')} are banned here`;
    const key = keyring.byId(keyId)?.state;
    const attempt = key?.attempts.get(epoch);
    if (key === undefined || attempt === undefined || !isCertified(attempt))
      return 'an epoch that is not certified here';
    if (key.spec.purpose !== 'ecdsa') return 'not a key that is presigned for';
    return whyNotTogether(key.spec, signers, { me, leader: owner }) ?? whyNotWith(keyring, generation, signers);
  }
}
