/** The record of a session that fails, from which a party outside the session can judge who broke the protocol. */
import type { SessionParameters } from './context.ts';
import { type Envelope, withPayload } from './envelope.ts';
import { HELLO } from './hello.ts';
import type { Inbox } from './inbox.ts';
import type { PartyId } from './party-id.ts';
import type { SessionRecord } from './signed-message.ts';

/** Makes the record. `compared`: the messages of each round whose views the parties compare. */
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
