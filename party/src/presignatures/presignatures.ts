/**
 * Keeps a stock of presignatures for each ecdsa key that this party may lead with, and joins the sessions in which
 * other parties make theirs. A presignature that is bound to a replaced epoch or to replaced auxiliary information is
 * wiped.
 */
import { randomBytes } from 'node:crypto';
import type { KeyShareSet } from '@mpc-operator/crds/generated/api';
import type { Clock } from '@mpc-operator/runtime/clock';
import { Controller, type Reconcile, type Result } from '@mpc-operator/runtime/controller';
import type { Logger } from '@mpc-operator/runtime/log';
import { ExponentialFailureRateLimiter } from '@mpc-operator/runtime/rate-limiter';
import { TokenBuckets } from '@mpc-operator/runtime/token-bucket';
import { whyNotWith } from '../auxiliary/agreed.ts';
import type { Bans } from '../bans/bans.ts';
import { isCertified, type KeyState } from '../epochs/key-state.ts';
import { Declined, InvitedSessions } from '../host/invited-sessions.ts';
import { whyNotTogether } from '../keys/quorum.ts';
import { presignaturesHeld } from '../metrics.ts';
import type { Peers } from '../peers/peers.ts';
import type { Channel } from '../protocol/session/channel.ts';
import { ContextMismatch, Timeout } from '../protocol/session/errors.ts';
import type { PartyId } from '../protocol/session/party-id.ts';
import { Avoided } from './avoided.ts';
import { decodePresignMessage, encodePresignMessage, type PresignInvitation } from './invitation.ts';
import { type Binding, isBefore, type Pooled, PresignaturePool } from './pool.ts';
import { type PresignSessionOptions, presignTogether } from './presign-session.ts';
import { PresignatureGone } from './presignature-gone.ts';

export interface PresignaturesOptions extends PresignSessionOptions {
  readonly me: PartyId;
  readonly namespace: string;
  /** Carries invitations and the answers to them. */
  readonly channel: Channel;
  readonly peers: Pick<Peers, 'present' | 'starts'>;
  readonly clock: Clock;
  readonly bans: Pick<Bans, 'has'>;
  /** What this party sees of the KeyShareSet of this name. */
  readonly keyShareSet: (name: string) => KeyShareSet | undefined;
  /** Whether this party takes part in sessions. */
  readonly able: () => boolean;
  /** Whether a session runs at this party that somebody waits for. */
  readonly busy: () => boolean;
  /** The number of presignatures of the key of this name has changed. */
  readonly changed: (name: string) => void;
  /** Aborts when this party takes no new sessions: nobody waits for sessions to presign, so that they end at once. */
  readonly drains: AbortSignal;
  readonly log: Logger;
}

/** Milliseconds until another look at a stock that cannot be filled now. */
const LOOK_AGAIN = 5_000;
/** The sessions that one owner may begin: each costs a look into the HSM, and a line of the log. */
const INVITATIONS = { perSecond: 4, burst: 32 };
/** Milliseconds between two looks whether the sessions that somebody waits for are over. */
const YIELD = 100;
/**
 * The number of sessions of one owner that this party joins at once: an honest owner makes one presignature after the
 * other for each key.
 */
const MOST_PER_OWNER = 8;
/** The deadline of one reconcile in milliseconds: above the longest session. */
const RECONCILE_TIMEOUT = 300_000;

export class Presignatures {
  /** Fills the stocks, one key after the other. */
  readonly controller: Controller;
  readonly #options: PresignaturesOptions;
  readonly #pool = new PresignaturePool();
  readonly #sessions: InvitedSessions<PresignInvitation>;
  /** The sessions that run, and how each is ended when the presignature that it makes will be of no use. */
  readonly #making = new Set<{ readonly binding: Binding; readonly outdated: AbortController }>();
  /** Names of keys whose stock is being filled up to the target. */
  readonly #filling = new Set<string>();
  readonly #avoided: Avoided;
  readonly #invitationsOf: TokenBuckets<PartyId>;

  constructor(options: PresignaturesOptions) {
    this.#options = options;
    const { me, channel, peers, clock, log } = options;
    this.#avoided = new Avoided(clock);
    this.#invitationsOf = new TokenBuckets({ ...INVITATIONS, clock });
    this.controller = new Controller({
      ...{ name: 'presignatures', reconcile: this.reconcile, log, clock, timeout: RECONCILE_TIMEOUT },
      rateLimiter: new ExponentialFailureRateLimiter(1_000, 60_000),
    });
    this.#sessions = new InvitedSessions<PresignInvitation>({
      ...{ me, channel, peers, clock, log },
      encode: encodePresignMessage,
      decode: decodePresignMessage,
      purpose: 'presign',
      about: ({ keyId }) => ({ keyId }),
      mostPerLeader: MOST_PER_OWNER,
      join: (owner, invitation, signal) => this.#join(owner, invitation, signal),
      reasonOf: error => (error instanceof ContextMismatch ? error.message : 'not able to'),
    });
  }

  /** Joins no more sessions; resolves when the joined sessions are over. */
  async close(): Promise<void> {
    await this.#sessions.close();
  }

  /**
   * A key, or the auxiliary information that the key signs with, has changed: presignatures without use are wiped, and
   * new ones may be wanted.
   */
  keyChanged(keyId: string, name: string): void {
    this.#purge(keyId);
    this.#enqueue(name);
  }

  /** The number of presignatures that this party could lead with, as far as bans allow. */
  count(key: KeyState): number {
    const { me, bans } = this.#options;
    const binding = this.#bindingOf(key);
    return binding ? this.#pool.count(me, binding, signer => !bans.has(signer)) : 0;
  }

  get(id: string): Pooled | undefined {
    return this.#pool.get(id);
  }

  /** A presignature that this party may lead with, all of whose signers are acceptable and have not just declined. */
  find(key: KeyState, acceptable: (signer: PartyId) => boolean): Pooled | undefined {
    const binding = this.#bindingOf(key);
    this.#wipeLost();
    return binding && this.#pool.find(this.#options.me, binding, s => acceptable(s) && this.#avoided.mayUse(s));
  }

  /** A signer says that it has no part of a presignature: for a while none is used or made that needs this signer. */
  hasDeclined(signer: PartyId): void {
    this.#avoided.hasDeclined(signer);
  }

  /** These signers have signed from a presignature. */
  haveSigned(signers: readonly PartyId[]): void {
    this.#avoided.haveSigned(signers);
  }

  /** Gives a presignature out, once. @throws PresignatureGone if it is not here */
  take(id: string): Pooled {
    const pooled = this.#pool.take(id);
    if (pooled === undefined) throw new PresignatureGone(`presignature ${id} is not here`);
    this.#changed(pooled.keyId);
    return pooled;
  }

  /**
   * Wipes the presignatures of a key that a later epoch or generation has left without use, and ends the sessions that
   * make such presignatures.
   */
  #purge(keyId: string): void {
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

  /** Wipes the presignatures that a signer has lost, because it was started anew since. */
  #wipeLost(): void {
    const starts = this.#options.peers.starts();
    for (const keyId of this.#pool.wipeLost(starts)) this.#changed(keyId);
  }

  /** Reconciles the stock of one key, by its name: makes at most one presignature, and comes back. */
  readonly reconcile: Reconcile = async ({ name }, { signal }): Promise<Result> => {
    const { keyring, able, busy, me } = this.#options;
    const key = keyring.serving(name);
    if (key === undefined || key.spec.purpose !== 'ecdsa') return {};
    const binding = this.#bindingOf(key);
    if (binding === undefined || !able()) return { requeueAfter: LOOK_AGAIN };
    this.#wipeLost();
    const isThere = this.#whoIsThere();
    const there = this.#pool.count(me, binding, signer => isThere(signer) && this.#avoided.mayUse(signer));
    if (!this.#isWanted(name, there)) return {};
    const signers = this.#chooseSigners(key);
    if (signers === undefined) return { requeueAfter: LOOK_AGAIN };
    if (busy()) return { requeueAfter: YIELD };
    const begin = performance.now();
    await this.#lead(key, binding, signers, signal);
    // half of the time is left to other work
    return { requeueAfter: Math.max(1, performance.now() - begin) };
  };

  #changed(keyId: string): void {
    const { me, keyring, changed } = this.#options;
    presignaturesHeld.set(this.#pool.ownedBy(me));
    const name = keyring.byId(keyId)?.state.spec.name;
    if (name === undefined) return;
    this.#enqueue(name);
    changed(name);
  }

  #enqueue(name: string): void {
    this.controller.enqueue({ namespace: this.#options.namespace, name });
  }

  /**
   * Whether a stock is to be filled: from below the low-water mark up to the target, and then it may sink to the mark
   * again.
   */
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

  /** This party and others that are present, chosen by chance, so that all combinations of signers come about. */
  #chooseSigners({ spec }: KeyState): PartyId[] | undefined {
    const { me } = this.#options;
    const isThere = this.#whoIsThere();
    const others = spec.parties
      .filter(party => party !== me && isThere(party) && this.#avoided.mayAsk(party))
      .map(party => ({ party, rank: Math.random() }))
      .sort((a, b) => a.rank - b.rank);
    const signers = [me, ...others.slice(0, spec.threshold - 1).map(({ party }) => party)];
    return signers.length === spec.threshold ? signers.sort((a, b) => a - b) : undefined;
  }

  async #lead(key: KeyState, binding: Binding, signers: readonly PartyId[], signal: AbortSignal): Promise<void> {
    const { me } = this.#options;
    const session = `presign-${randomBytes(16).toString('hex')}`;
    const invitation: PresignInvitation = { type: 'invitation', session, ...binding, signers: [...signers] };
    try {
      await this.#sessions.lead(invitation, async lead => {
        await this.#make(invitation, me, { ...lead, signal: AbortSignal.any([signal, lead.signal]) });
      });
    } catch (error) {
      if (error instanceof Timeout) for (const party of error.missing) this.#avoided.wasAbsent(party);
      throw error;
    }
    this.#changed(key.keyId);
  }

  /**
   * Makes a presignature. The session ends early when the presignature will be of no use: old shares are not erased
   * while the session goes on.
   */
  async #make(
    invitation: PresignInvitation,
    owner: PartyId,
    { signal, ready }: { readonly signal: AbortSignal; readonly ready?: () => Promise<void> },
  ): Promise<void> {
    const { drains, keyring, peers } = this.#options;
    const starts = peers.starts();
    const making = { binding: invitation, outdated: new AbortController() };
    this.#making.add(making);
    try {
      const ends = AbortSignal.any([making.outdated.signal, drains, signal]);
      const made = await presignTogether(this.#options, invitation, owner, { signal: ends, ...(ready && { ready }) });
      const pooled = { ...made, starts };
      const key = keyring.byId(invitation.keyId)?.state;
      const current = key && this.#bindingOf(key);
      // a presignature that was replaced while its session came to its end is not kept
      if (current === undefined || isBefore(pooled, current)) pooled.presignature[Symbol.dispose]();
      else this.#pool.add(pooled);
    } finally {
      this.#making.delete(making);
    }
  }

  async #join(owner: PartyId, invitation: PresignInvitation, signal: AbortSignal): Promise<void> {
    const why = this.#invitationsOf.of(owner).tryTake() ? this.#whyNot(owner, invitation) : 'too many invitations';
    if (why !== undefined) throw new Declined(why);
    await this.#make(invitation, owner, { signal });
  }

  /** Why this party does not join a session; undefined: it joins. */
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
