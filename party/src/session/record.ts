/** What a party can show of a session, so that somebody who was not in it can judge who broke the protocol. */
import type { SessionParameters } from './context.ts';
import { type Envelope, withPayload } from './envelope.ts';
import type { PartyId, SignedMessage } from './errors.ts';
import { HELLO } from './hello.ts';
import type { Inbox } from './inbox.ts';

/** A round in which all received the same, as far as they say so. */
export interface RoundRecord {
  readonly round: string;
  /** By sender, ascending. */
  readonly messages: readonly SignedMessage[];
  /** What the other parties have signed that they received. */
  readonly views: readonly SignedMessage[];
}

/**
 * Plain data, which can be sent to another thread. Nothing in it was sent to one party alone: a share, or what only its recipient may
 * know, cannot be here.
 */
export interface SessionRecord {
  readonly parameters: SessionParameters;
  /** By party, ascending, as far as they were there. */
  readonly hellos: readonly SignedMessage[];
  /** The echo rounds, in their order. */
  readonly rounds: readonly RoundRecord[];
}

/** `compared`: by round, the messages of which all parties showed each other that they received the same. */
export function sessionRecord(
  parameters: SessionParameters,
  compared: ReadonlyMap<string, ReadonlyMap<PartyId, Envelope>>,
  inbox: Inbox,
): SessionRecord {
  const hellos = [...(compared.get(HELLO)?.values() ?? inbox.arrived('hello', HELLO))];
  return {
    parameters,
    hellos: hellos.map(withPayload),
    rounds: [...compared]
      .filter(([round]) => round !== HELLO)
      .map(([round, received]) => ({
        round,
        messages: [...received.values()].map(withPayload),
        views: inbox.arrived('view', round).map(withPayload),
      })),
  };
}
