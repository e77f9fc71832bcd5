import { ContextMismatch } from '../protocol/session/errors.ts';
import type { Standing } from '../protocol/session/hello.ts';
import type { PartyId } from '../protocol/session/party-id.ts';

/**
 * Rejects a party whose store was set back, as by a restored snapshot. A start is recorded before anything else is
 * done, so that such a store shows itself: by a lower number of starts, by the same number with another first event, or
 * by a higher number with less in the log than before. The party itself learns of it from a certificate that bears its
 * signature and is missing in its log (keys/keyring.ts, StoreSetBack).
 *
 * @param known what this party remembers of the other one; undefined: nothing
 * @throws ContextMismatch naming the party
 */
export function rejectSetBack(id: PartyId, known: Standing | undefined, said: Standing): void {
  if (known === undefined) return;
  const told =
    `it says start ${said.incarnation}, ${said.position} events; ` +
    `it had start ${known.incarnation}, ${known.position} events`;
  const lessThanBefore =
    said.incarnation < known.incarnation || (said.incarnation > known.incarnation && said.position <= known.position);
  if (lessThanBefore) throw new ContextMismatch(`the store of party ${id} was set back (${told}): it must be repaired`);
  if (said.incarnation === known.incarnation && !Buffer.from(said.head).equals(known.head)) {
    throw new ContextMismatch(`party ${id} runs twice, or its store was forked (${told}): it must be repaired`);
  }
}
