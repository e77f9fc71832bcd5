/** The three ways in which a session fails. They are never mixed: only the third blames anybody. */
import type { PartyId } from './party-id.ts';
import type { Evidence, SessionRecord } from './signed-message.ts';

/** Somebody did not answer in time. Nobody is blamed: a network can be slow, a pod can be away. */
export class Timeout extends Error {
  override readonly name = 'Timeout';
  readonly round: string;
  readonly missing: readonly PartyId[];
  /** What a party that left said of it. */
  readonly why: string | undefined;
  constructor(round: string, missing: readonly PartyId[], why?: string) {
    super(`${round}: no message from ${partyList(missing)} in time${why ? ` (${why})` : ''}`);
    this.round = round;
    this.missing = missing;
    this.why = why;
  }
}

/** The parties do not talk about the same thing: configuration, versions, epochs or memory differ. Nobody is blamed. */
export class ContextMismatch extends Error {
  override readonly name = 'ContextMismatch';
}

/** One or more parties provably broke the protocol. */
export class Misbehaviour extends Error {
  override readonly name = 'Misbehaviour';
  /** Which check failed. */
  readonly check: string;
  readonly culprits: readonly PartyId[];
  /** No properties of their own, so that a logged error does not print what culprits dealt. */
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

  /** By what the evidence can be judged elsewhere. The session that fails adds it at its end. */
  get record(): SessionRecord | undefined {
    return this.#record;
  }

  with(record: SessionRecord): Misbehaviour {
    return new Misbehaviour(this.check, this.culprits, this.#evidence, record);
  }
}

/** Whether a session failed in one of the three ways, rather than something at this party. */
export const isOfSession = (error: unknown): error is Timeout | ContextMismatch | Misbehaviour =>
  error instanceof Timeout || error instanceof ContextMismatch || error instanceof Misbehaviour;

/**
 * Whether a party that is waiting may not have heard of it: what failed at this party, or before the session began. That others broke a
 * session it tells them within the session.
 */
export const mayBeUnheard = (error: unknown): boolean => !isOfSession(error) || error instanceof ContextMismatch;

const partyList = (ids: readonly PartyId[]): string => `${ids.length === 1 ? 'party' : 'parties'} ${ids.join(', ')}`;
