/**
 * Opens the messages in evidence by verifying their signatures: which session they are of, and which broadcasts the
 * accused received in that session.
 */
import { type PublicIdentity, parsePublicIdentity } from '../identity/identity.ts';
import { tryDecode } from '../session/codec.ts';
import { contextFields, type SessionParameters } from '../session/context.ts';
import { type Header, openSigned } from '../session/envelope.ts';
import { agree, greetingCodec, HELLO, sessionId } from '../session/hello.ts';
import type { Messages } from '../session/messages.ts';
import type { Received } from '../session/party.ts';
import type { PartyId } from '../session/party-id.ts';
import type { SignedMessage } from '../session/signed-message.ts';
import { showsJust } from '../session/view.ts';
import { readAbsorbable } from './absorbable.ts';
import { unhex } from './fields.ts';
import type { ShownMessage, ShownRound, ShownSession } from './format.ts';
import { refuse } from './refusal.ts';

export type Identities = ReadonlyMap<PartyId, PublicIdentity>;

/** A message with the header that its sender signed. */
export interface Opened extends SignedMessage {
  readonly header: Header;
}

export const parametersOf = ({ members, extras, ...rest }: ShownSession): SessionParameters => ({
  ...rest,
  members: members.map(({ id, identity }) => ({ id, identity: parsePublicIdentity(identity) })),
  extras: Object.fromEntries(extras.map(({ name, value }) => [name, readAbsorbable(value)])),
});

export const identitiesOf = ({ members }: ShownSession): Identities =>
  new Map(members.map(({ id, identity }) => [id, parsePublicIdentity(identity)]));

/**
 * Opens a message.
 * @throws Refusal unless the message is signed by the party that it is said to be from
 */
export function open(identities: Identities, shown: ShownMessage): Opened {
  const { from } = shown;
  const identity = identities.get(from) ?? refuse(`party ${from} is not in the session`);
  const message = {
    from,
    signed: unhex(shown.signed),
    signature: unhex(shown.signature),
    ...(shown.payload !== undefined && { payload: unhex(shown.payload) }),
  };
  const header = openSigned(identity, message) ?? refuse(`a message of party ${from} that it has not signed`);
  return { ...message, header };
}

/**
 * The session id, computed from the hellos of all parties. Each hello must be about this very session.
 * @throws Refusal, ContextMismatch
 */
export function sidOf(
  parameters: SessionParameters,
  identities: Identities,
  hellos: readonly ShownMessage[],
): Uint8Array {
  if (hellos.map(({ from }) => from).join() !== [...identities.keys()].join()) refuse('not the hellos of all parties');
  const opened = hellos.map(hello => openHello(parameters, identities, hello));
  return sessionId(new Map(opened.map(hello => [hello.from, hello])));
}

/** @throws Refusal, ContextMismatch */
export function openHello(parameters: SessionParameters, identities: Identities, shown: ShownMessage): Opened {
  const hello = open(identities, shown);
  const { type, round, to } = hello.header;
  if (type !== 'hello' || round !== HELLO || to !== 'all') refuse(`not a hello of party ${hello.from}`);
  const greeting = hello.payload && tryDecode(greetingCodec, hello.payload)?.value;
  if (greeting === undefined) return refuse(`the hello of party ${hello.from} says nothing`);
  agree(contextFields(parameters), greeting);
  return hello;
}

/**
 * The broadcasts of a round, exactly as the accused has signed that it received them. Other parties could sign another
 * broadcast for the same place at any time, and the messages of the accused would not fit that one: so only what the
 * accused has signed counts.
 * @throws Refusal
 */
export function receivedBy(
  accused: PartyId,
  { round, messages, view: shownView }: ShownRound,
  { sid, identities, codecs }: { readonly sid: Uint8Array; readonly identities: Identities; readonly codecs: Messages },
): { readonly opened: Received<Opened>; readonly decoded: Received<unknown> } {
  if (messages.map(({ from }) => from).join() !== [...identities.keys()].join())
    refuse(`not the messages of all parties in ${round}`);
  const opened = new Map(messages.map(message => [message.from, open(identities, message)]));
  for (const { header } of opened.values())
    if (!isAt(header, { sid, type: 'data', round }))
      refuse(`a message of party ${header.from} that is not of ${round}`);
  const view = open(identities, shownView);
  if (view.from !== accused || !isAt(view.header, { sid, type: 'view', round }))
    refuse(`not what party ${accused} says that it received in ${round}`);
  if (view.payload === undefined || !showsJust(view.payload, opened))
    refuse(`party ${accused} says that it received something else in ${round}`);
  const codec = codecs[round]?.codec ?? refuse(`the protocol has no round ${round}`);
  const decoded = [...opened].map(([from, { payload }]) => {
    const message = payload && tryDecode(codec, payload);
    return [from, (message ?? refuse(`what party ${from} said in ${round} says nothing`)).value] as const;
  });
  return { opened, decoded: new Map(decoded) };
}

/** Whether a message was signed before there was a session id. */
export const isOfHandshake = ({ type, round }: Header): boolean =>
  type === 'hello' || (type === 'view' && round === HELLO);

const isAt = (header: Header, { sid, type, round }: Pick<Header, 'sid' | 'type' | 'round'>): boolean =>
  Buffer.from(header.sid).equals(sid) && header.type === type && header.round === round && header.to === 'all';
