/**
 * How the leader of a session brings its signers together: it invites them by message, and each joins the session or
 * declines. An invitation is only a proposal: every party decides alone whether it joins.
 */
import type { Clock } from '@mpc-operator/runtime/clock';
import type { LogFields, Logger } from '@mpc-operator/runtime/log';
import type { Peers } from '../peers/peers.ts';
import type { Channel } from '../protocol/session/channel.ts';
import { mayBeUnheard } from '../protocol/session/errors.ts';
import type { PartyId } from '../protocol/session/party-id.ts';
import { Attendance } from './attendance.ts';
import { Invitations, type MeaningOf } from './invitations.ts';
import { JoinedSessions } from './joined-sessions.ts';

export interface Invitation {
  readonly type: 'invitation';
  /** The name of the session to come to. */
  readonly session: string;
  readonly signers: readonly PartyId[];
}

/** The answer of a party that does not come, so that the leader need not wait for that party. */
export interface Decline {
  readonly type: 'decline';
  readonly session: string;
  readonly reason: string;
}

/** Thrown by `join`: this party does not come, and the leader is told why. */
export class Declined extends Error {
  override readonly name = 'Declined';
}

export interface InvitedSessionsOptions<I extends Invitation> {
  readonly me: PartyId;
  /** Carries the invitations and the answers to them. */
  readonly channel: Channel;
  readonly encode: (message: I | Decline) => Uint8Array;
  /** Returns undefined for bytes that hold no such message: anyone may have sent them. */
  readonly decode: (bytes: Uint8Array) => I | Decline | undefined;
  readonly peers: Pick<Peers, 'starts'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** The purpose of the sessions, in log lines. */
  readonly purpose: 'sign' | 'presign';
  /** What log lines say about an invitation beside its session and leader. */
  readonly about: (invitation: I) => LogFields;
  /** The number of sessions of one leader that this party joins at once. */
  readonly mostPerLeader: number;
  /**
   * Takes part in the session until it ends. `signal` aborts when a signer has gone.
   * @throws Declined
   */
  readonly join: (leader: PartyId, invitation: I, signal: AbortSignal) => Promise<void>;
  /** The words in which a leader is told of a failure that it may not have heard of within the session. */
  readonly reasonOf: (error: unknown) => string;
}

/** The part of the leader in a session: when to give up, and how to call the signers. */
export interface Lead {
  /** Aborts when a signer declines, or has gone. */
  readonly signal: AbortSignal;
  /** Sends the invitations: to be called when this party could begin. */
  readonly ready: () => Promise<void>;
}

/** The longest reason that a decline may give, in characters. */
const MAX_REASON = 256;

export class InvitedSessions<I extends Invitation> {
  readonly #options: InvitedSessionsOptions<I>;
  readonly #invitations = new Invitations();
  readonly #joined: JoinedSessions;
  readonly #joining = new Set<Promise<void>>();
  readonly #stop: () => void;

  constructor(options: InvitedSessionsOptions<I>) {
    this.#options = options;
    this.#joined = new JoinedSessions(options.mostPerLeader);
    this.#stop = options.channel.listen((from, bytes) => this.#hear(from, bytes));
  }

  /**
   * Joins no more sessions; resolves when the sessions that this party joined are over, and their outcome is recorded.
   */
  async close(): Promise<void> {
    this.#stop();
    await Promise.all(this.#joining);
  }

  /**
   * Runs a session that this party leads. The signers are invited when `run` calls `ready`.
   * @param meaningOf the error that a reason for declining stands for, where it is more than an absence
   * @throws what `run` throws
   */
  async lead<T>(invitation: I, run: (lead: Lead) => Promise<T>, meaningOf?: MeaningOf): Promise<T> {
    const { me, channel, encode, peers, clock } = this.#options;
    const { session, signers } = invitation;
    using invited = this.#invitations.open(session, signers, meaningOf);
    // a session may have much time, and none for a signer that has gone
    using attendance = new Attendance(signers, peers, clock);
    const bytes = encode(invitation);
    const ready = async (): Promise<void> => {
      for (const signer of signers.filter(s => s !== me)) await channel.send(signer, bytes);
    };
    return await run({ signal: AbortSignal.any([invited.signal, attendance.signal]), ready });
  }

  #hear(from: PartyId, bytes: Uint8Array): void {
    const message = this.#options.decode(bytes);
    if (message?.type === 'decline') this.#invitations.decline(from, message.session, message.reason);
    if (message?.type !== 'invitation' || this.#joined.has(message.session)) return;
    const joining = this.#answer(from, message)
      .catch((error: unknown) => {
        const { log, purpose } = this.#options;
        log.error(`an invitation to ${purpose} was not answered`, { leader: from, session: message.session, error });
      })
      .finally(() => this.#joining.delete(joining));
    this.#joining.add(joining);
  }

  async #answer(leader: PartyId, invitation: I): Promise<void> {
    const { join, peers, clock, log, purpose, about, reasonOf } = this.#options;
    const { session, signers } = invitation;
    using place = this.#joined.enter(leader, session);
    if (place === undefined) return await this.#decline(leader, invitation, 'too many sessions');
    // no party holds on to an epoch for a leader that has gone
    using attendance = new Attendance(signers, peers, clock);
    try {
      await join(leader, invitation, attendance.signal);
      log.debug(`joined a session to ${purpose}`, { session, leader, ...about(invitation) });
    } catch (error) {
      if (error instanceof Declined) return await this.#decline(leader, invitation, error.message);
      log.warn(`a session to ${purpose} failed`, { session, leader, ...about(invitation), error });
      if (mayBeUnheard(error)) await this.#decline(leader, invitation, reasonOf(error));
    }
  }

  async #decline(leader: PartyId, invitation: I, why: string): Promise<void> {
    const { channel, encode, log, purpose, about } = this.#options;
    const { session } = invitation;
    const reason = why.slice(0, MAX_REASON);
    log.info(`declined to ${purpose}`, { session, leader, ...about(invitation), reason });
    await channel.send(leader, encode({ type: 'decline', session, reason }));
  }
}
