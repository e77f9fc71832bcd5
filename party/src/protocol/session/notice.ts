/** How a party that leaves a session tells the others why, so that they end now and not at their deadlines. */
import { ascii, bytes, bytesUpTo, choice, type Layout, listUpTo, mapped, optional, struct } from './codec.ts';
import { partyId } from './envelope.ts';
import { CheckError, ContextMismatch, Misbehaviour, Timeout } from './errors.ts';
import type { Departure } from './inbox.ts';
import type { PartyId } from './party-id.ts';
import type { Evidence, SignedMessage } from './signed-message.ts';

export const ABORT = 'abort';

/** `left`: the party ended the session for reasons of its own, such as a shutdown, which concern no other party. */
const CAUSES = ['timeout', 'context', 'misbehaviour', 'left'] as const;

export interface Notice {
  readonly cause: (typeof CAUSES)[number];
  /** The slots of the messages that the sender has sent before: they may still be on their way. */
  readonly sent: readonly string[];
  /** timeout: the parties that did not answer. */
  readonly missing: readonly PartyId[];
  /** context: what differs. */
  readonly reason: string;
  /** misbehaviour: the evidence. Every receiver judges the evidence for itself. */
  readonly evidence: readonly Evidence[];
}

const MAX_REASON = 256;
const MAX_SLOT = 48;
const MAX_PARTIES = 64;
/** An equivocation is shown by two messages. */
const MAX_MESSAGES = 2;

/**
 * `slots`: the number of slots of a session. `maxPayload`: the limit of the payload of a message in evidence, in bytes.
 */
export function noticeLayout(parties: number, slots: number, maxPayload: number): Layout<Notice> {
  const message = signedMessage(maxPayload);
  return struct<Notice>({
    cause: choice(CAUSES),
    sent: listUpTo(ascii(MAX_SLOT), slots),
    missing: listUpTo(partyId, MAX_PARTIES),
    reason: ascii(MAX_REASON),
    evidence: listUpTo(struct<Evidence>({ check: ascii(64), messages: listUpTo(message, MAX_MESSAGES) }), parties),
  });
}

function signedMessage(maxPayload: number): Layout<SignedMessage> {
  const fields = struct<Required<Omit<SignedMessage, 'payload'>> & { payload: Uint8Array | undefined }>({
    from: partyId,
    signed: bytesUpTo(160),
    signature: bytes(64),
    payload: optional(bytesUpTo(maxPayload)),
  });
  return mapped<ReturnType<typeof fields.decode>, SignedMessage>(
    fields,
    ({ payload, ...rest }) => (payload === undefined ? rest : { ...rest, payload }),
    ({ payload, ...rest }) => ({ ...rest, payload }),
  );
}

/**
 * Returns what this party tells the others about its failure. `sent`: the slots of the messages that this party has
 * sent.
 */
export function noticeOf(error: unknown, sent: readonly string[]): Notice {
  const nothing = { sent, missing: [], reason: '', evidence: [] };
  if (error instanceof Timeout) return { ...nothing, cause: 'timeout', missing: error.missing };
  if (error instanceof ContextMismatch) return { ...nothing, cause: 'context', reason: printable(error.message) };
  // the others judge the message for themselves: if they cannot either, they need not think that this party is missing
  if (error instanceof Misbehaviour || error instanceof CheckError)
    return { ...nothing, cause: 'misbehaviour', evidence: error.evidence };
  return { ...nothing, cause: 'left' };
}

const printable = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?').slice(0, MAX_REASON);

/**
 * Returns what the notice of `from` means to a party that waits for its message. The evidence in the notice has been
 * judged by now and shows nothing that this party can verify, so nobody is blamed: the sender is simply gone, or both
 * parties wait for the same third party.
 */
export function departure(from: PartyId, { cause, reason, missing }: Notice): Departure {
  if (cause === 'context') return () => new ContextMismatch(reason);
  const why = {
    timeout: `party ${from} waited in vain for ${missing.join(', ')}`,
    misbehaviour: `party ${from} accuses another of what cannot be verified here`,
    left: `party ${from} ended the session`,
  }[cause];
  return (round, absent) => {
    const silent = cause === 'timeout' ? absent.filter(id => missing.includes(id)) : [];
    return new Timeout(round, silent.length > 0 ? silent : [from], why);
  };
}
