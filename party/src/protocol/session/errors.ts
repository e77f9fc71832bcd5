/** The three ways in which a session fails. They are never mixed: only the third blames anybody. */
import type { PartyId } from './party-id.ts';
import type { Evidence, SessionRecord } from './signed-message.ts';

/** A party did not answer in time. Nobody is blamed: a network can be slow, a pod can be away. */
export class Timeout extends Error {
  override readonly name = 'Timeout';
  readonly round: string;
  readonly missing: readonly PartyId[];
  /** The reason that was given by a party which left. */
  readonly why: string | undefined;
  constructor(round: string, missing: readonly PartyId[], why?: string) {
    super(`${round}: no message from ${partyList(missing)} in time${why ? ` (${why})` : ''}`);
    this.round = round;
    this.missing = missing;
    this.why = why;
  }
}

/** The parties do not mean the same session: configuration, versions, epochs or memory differ. Nobody is blamed. */
export class ContextMismatch extends Error {
  override readonly name = 'ContextMismatch';
}

/** One or more parties provably broke the protocol. */
export class Misbehaviour extends Error {
  override readonly name = 'Misbehaviour';
  /** The name of the check that failed. */
  readonly check: string;
  readonly culprits: readonly PartyId[];
  /** The evidence and the record are private, so that a logged error does not print what culprits dealt. */
  readonly #evidence: readonly Evidence[];
  readonly #record: SessionRecord | undefined;
  constructor(check: string, culprits: readonly PartyId[], evidence: readonly Evidence[], record?: SessionRecord) {
    super(`${check}: ${partyList(culprits)} broke the protocol`);
    this.check = check;
    this.culprits = culprits;
    this.#evidence = evidence;
    this.#record = record;
  }

  get evidence(): readonly Evidence[] {
    return this.#evidence;
  }

  /** The record by which the evidence can be judged elsewhere. The session that fails adds it at its end. */
  get record(): SessionRecord | undefined {
    return this.#record;
  }

  with(record: SessionRecord): Misbehaviour {
    return new Misbehaviour(this.check, this.culprits, this.#evidence, record);
  }
}

/**
 * A check of this party ended with an error where it should have answered. That is a fault of the check, so nobody is
 * blamed; but whoever sent such a message may have meant to, and is asked less (`mayBeProvoked`).
 */
export class CheckError extends Error {
  override readonly name = 'CheckError';
  /** The name of the check. */
  readonly check: string;
  /** The parties whose messages cannot be judged. */
  readonly senders: readonly PartyId[];
  /** The messages, which are private as in Misbehaviour. */
  readonly #evidence: readonly Evidence[];
  constructor(check: string, senders: readonly PartyId[], evidence: readonly Evidence[], cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`${check}: what ${partyList(senders)} sent cannot be judged here (${why})`, { cause });
    this.check = check;
    this.senders = senders;
    this.#evidence = evidence;
  }

  get evidence(): readonly Evidence[] {
    return this.#evidence;
  }
}

/** By name: from another thread such an error comes as a plain one (threads/plain-error.ts). */
const PROVOKED: readonly string[] = ['CheckError', 'PresignAborted'];

/**
 * Whether another party of the session may have brought the error about, though none can be shown to have. Such an
 * error counts against the parties of the session when the next ones are chosen, as one of the three kinds does.
 */
export const mayBeProvoked = (error: unknown): error is Error =>
  error instanceof Error && PROVOKED.includes(error.name);

/** Whether the error is one of the three ways in which a session fails, rather than a failure of this party alone. */
export const isOfSession = (error: unknown): error is Timeout | ContextMismatch | Misbehaviour =>
  error instanceof Timeout || error instanceof ContextMismatch || error instanceof Misbehaviour;

/**
 * Whether a party that waits may not have heard of the error: something failed at this party, or before the session
 * began. If other parties broke the session, the waiting party is told so within the session.
 */
export const mayBeUnheard = (error: unknown): boolean =>
  error instanceof ContextMismatch || !(isOfSession(error) || mayBeProvoked(error));

const partyList = (ids: readonly PartyId[]): string => `${ids.length === 1 ? 'party' : 'parties'} ${ids.join(', ')}`;
