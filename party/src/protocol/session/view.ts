/**
 * Reliable broadcast by comparison (echo broadcast, Goldwasser-Lindell 2005 section 3; attack list T3). After an echo
 * round every party sends the others what it received, as the signed headers that commit to it. So two different
 * headers are evidence at once, and a party that shows a header which its alleged sender never signed convicts itself.
 * No third round is needed to find the culprit.
 */
import { bytes, bytesUpTo, type Layout, list, struct, tryDecode } from './codec.ts';
import { type Envelope, type Header, hashOnly, openSigned, samePlace, withPayload } from './envelope.ts';
import { ContextMismatch, Misbehaviour } from './errors.ts';
import { HELLO } from './hello.ts';
import type { PartyId } from './party-id.ts';
import type { Evidence, SignedMessage } from './signed-message.ts';

type Entry = Pick<SignedMessage, 'signed' | 'signature'>;
/** The messages that a party received in a round, by sender, in the order of the parties. */
type View = readonly Entry[];

export const EQUIVOCATION = 'equivocation';
export const FALSE_VIEW = 'view';
const MAX_HEADER_BYTES = 160;

export const viewLayout = (parties: number): Layout<View> =>
  list(struct<Entry>({ signed: bytesUpTo(MAX_HEADER_BYTES), signature: bytes(64) }), parties);

export const encodeView = (received: ReadonlyMap<PartyId, Envelope>): Uint8Array =>
  viewLayout(received.size).encode([...received.values()].map(hashOnly));

type Identities = ReadonlyMap<PartyId, Uint8Array>;

/**
 * Compares the view of another party with what this party received.
 * @returns the failure that a difference shows; undefined if there is none
 */
export function compareView(
  view: Envelope,
  received: ReadonlyMap<PartyId, Envelope>,
  identities: Identities,
): Misbehaviour | ContextMismatch | undefined {
  const shown = entriesOf(view.payload, [...received.keys()]);
  if (shown === undefined) return falseView(view);
  for (const message of shown) {
    const own = received.get(message.from);
    if (own === undefined || equal(own.signed, message.signed)) continue;
    const header = openShown(view.header, message, identities);
    if (header === undefined) return falseView(view);
    if (samePlace(header, own.header)) return equivocation(hashOnly(own), message);
    return new ContextMismatch(
      `party ${message.from} takes part in this session twice: ` +
        'it began again, a copy of it runs, or old messages are replayed',
    );
  }
  return undefined;
}

/** Whether a view shows that its sender received just `messages`, which are by party, ascending, and of all parties. */
export const showsJust = (payload: Uint8Array, messages: ReadonlyMap<PartyId, Pick<Entry, 'signed'>>): boolean => {
  const shown = entriesOf(payload, [...messages.keys()]);
  return shown?.every(({ from, signed }) => equal(signed, messages.get(from)?.signed ?? new Uint8Array())) ?? false;
};

/** Whether the view shows the hello by which `me` began the run `sid`. */
export function showsRun(view: Envelope, sid: Uint8Array, me: PartyId, identities: Identities): boolean {
  const own = entriesOf(view.payload, [...identities.keys()])?.find(({ from }) => from === me);
  const header = own && openShown(view.header, own, identities);
  return header !== undefined && equal(header.sid, sid);
}

/** The failure that two different messages of one party for one place show. */
export const equivocation = (first: SignedMessage, second: SignedMessage): Misbehaviour =>
  new Misbehaviour(EQUIVOCATION, [first.from], [{ check: EQUIVOCATION, messages: [first, second] }]);

const falseView = (view: Envelope): Misbehaviour =>
  new Misbehaviour(FALSE_VIEW, [view.header.from], [{ check: FALSE_VIEW, messages: [withPayload(view)] }]);

/**
 * Checks that a party signed two different messages for one place. The evidence and the identities suffice for it.
 * @returns the header of the first message; undefined if the evidence shows nothing
 */
export function verifyEquivocation({ check, messages }: Evidence, identities: Identities): Header | undefined {
  const [first, second] = messages;
  if (check !== EQUIVOCATION || messages.length !== 2 || !first || !second) return undefined;
  const [header, other] = [openAs(first, identities), openAs(second, identities)];
  if (header === undefined || other === undefined || !samePlace(header, other)) return undefined;
  return equal(first.signed, second.signed) ? undefined : header;
}

/**
 * Checks that a party signed a view with a message that its alleged sender never signed.
 * @returns the header of the view; undefined if the evidence shows nothing
 */
export function verifyFalseView(evidence: Evidence, identities: Identities): Header | undefined {
  const [view] = evidence.messages;
  const header = view && openAs(view, identities);
  if (evidence.check !== FALSE_VIEW || header?.type !== 'view' || view?.payload === undefined) return undefined;
  const shown = entriesOf(view.payload, [...identities.keys()]);
  const genuine = shown?.every(message => openShown(header, message, identities) !== undefined);
  return genuine ? undefined : header;
}

const openAs = (message: SignedMessage, identities: Identities): Header | undefined => {
  const identity = identities.get(message.from);
  return identity && openSigned(identity, message);
};

/**
 * Returns the header of a message that a view shows. Undefined if the message is not of the round of the view, or not
 * signed by its alleged sender: then the signer of the view made it up.
 */
function openShown(view: Header, message: SignedMessage, identities: Identities): Header | undefined {
  const header = openAs(message, identities);
  if (header === undefined || header.round !== view.round || header.to !== 'all') return undefined;
  if (view.round === HELLO) return header.type === 'hello' ? header : undefined;
  return header.type === 'data' && equal(header.sid, view.sid) ? header : undefined;
}

function entriesOf(payload: Uint8Array, parties: readonly PartyId[]): readonly SignedMessage[] | undefined {
  const view = tryDecode(viewLayout(parties.length), payload)?.value;
  return view?.flatMap((entry, i) => {
    const from = parties[i];
    return from === undefined ? [] : [{ from, ...entry }];
  });
}

const equal = (a: Uint8Array, b: Uint8Array): boolean => Buffer.from(a).equals(b);
