/**
 * Messages as their senders sign them: a signature covers the place where a message belongs and the hash of its
 * payload.
 */
import { ascii, bytes, choice, constant, type Layout, mapped, struct, tryDecode, uint } from './codec.ts';
import type { PartyId } from './party-id.ts';
import type { SignedMessage } from './signed-message.ts';
import { type Signer, verifySignature } from './signer.ts';
import { taggedHash } from './transcript.ts';

/**
 * - `hello`: begins the handshake
 * - `data`: carries a message of the protocol
 * - `view`: shows what its sender received in a round, so that all can compare
 * - `abort`: tells that its sender has left the session, and why
 */
const MESSAGE_TYPES = ['hello', 'data', 'view', 'abort'] as const;
export type MessageType = (typeof MESSAGE_TYPES)[number];

export type Recipient = PartyId | 'all';

/** The place where a message belongs. An honest party makes one message for each sid, type, round and recipient. */
export interface Place {
  /** The session id; during the handshake, the id of the sender's run. 32 bytes. */
  readonly sid: Uint8Array;
  readonly type: MessageType;
  readonly round: string;
  /** Counts the messages that `from` has sent in this session. */
  readonly sequence: number;
  readonly from: PartyId;
  readonly to: Recipient;
}

export interface Header extends Place {
  readonly payloadHash: Uint8Array;
}

/** A message whose signature holds. */
export interface Envelope {
  readonly header: Header;
  readonly payload: Uint8Array;
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
}

export const partyId: Layout<PartyId> = uint(2);
export const roundName = ascii(32);
export const messageType = choice(MESSAGE_TYPES);
export const sequenceNumber = uint(4);

const recipient = mapped<number, Recipient>(
  partyId,
  id => (id === 0 ? 'all' : id),
  to => (to === 'all' ? 0 : to),
);

const place = {
  tag: constant('mpc/v1/message'),
  sid: bytes(32),
  type: messageType,
  round: roundName,
  sequence: sequenceNumber,
  from: partyId,
  to: recipient,
};
const placeLayout = struct<Place & { tag: undefined }>(place);
const headerLayout = struct<Header & { tag: undefined }>({ ...place, payloadHash: bytes(32) });

/** Returns the bytes of a place, which AEAD authenticates beside the payload, too (attack list T2). */
export const encodePlace = (where: Place): Uint8Array => placeLayout.encode({ tag: undefined, ...where });

export const hashPayload = (payload: Uint8Array): Uint8Array => taggedHash('mpc/v1/payload', payload);

export async function signMessage(signer: Signer, where: Place, payload: Uint8Array): Promise<Envelope> {
  const { header, signed } = bindPayload(where, payload);
  return { header, payload, signed, signature: await signer.sign(signed) };
}

/** Returns the message if the holder of `identity` signed just this message; otherwise undefined. */
export function openMessage(
  identity: Uint8Array,
  where: Place,
  payload: Uint8Array,
  signature: Uint8Array,
): Envelope | undefined {
  const { header, signed } = bindPayload(where, payload);
  return verifySignature(identity, signed, signature) ? { header, payload, signed, signature } : undefined;
}

function bindPayload(where: Place, payload: Uint8Array): { header: Header; signed: Uint8Array } {
  const header = { ...where, payloadHash: hashPayload(payload) };
  return { header, signed: headerLayout.encode({ tag: undefined, ...header }) };
}

/**
 * Returns the header that the holder of `identity` signed, read back from evidence. Undefined if the holder did not
 * sign it, or if the bytes are no message of a session.
 */
export function openSigned(identity: Uint8Array, message: SignedMessage): Header | undefined {
  if (!verifySignature(identity, message.signed, message.signature)) return undefined;
  const header = readHeader(message.signed);
  return header?.from === message.from && carries(message, header) ? header : undefined;
}

/** Returns the header of a message, whoever has signed it; undefined if the bytes are no message of a session. */
export const readHeader = (signed: Uint8Array): Header | undefined => tryDecode(headerLayout, signed)?.value;

const carries = ({ payload }: SignedMessage, { payloadHash }: Header): boolean =>
  payload === undefined || Buffer.from(payloadHash).equals(hashPayload(payload));

/** Returns the header that the sender signed, without the payload. */
export const hashOnly = ({ header, signed, signature }: Envelope): SignedMessage => ({
  from: header.from,
  signed,
  signature,
});

/**
 * Returns a message for evidence. It has a copy of the payload, which outlives the session: the session wipes what it
 * received.
 */
export const withPayload = (envelope: Envelope): SignedMessage => ({
  ...hashOnly(envelope),
  payload: new Uint8Array(envelope.payload),
});

/**
 * Whether two messages belong to the same place. The sequence number does not count: an honest party signs once for
 * each place, and only repeats what it has signed. So messages that differ in nothing but the sequence number are two
 * messages for one place.
 */
export const samePlace = (a: Place, b: Place): boolean =>
  Buffer.from(a.sid).equals(b.sid) && a.type === b.type && a.round === b.round && a.from === b.from && a.to === b.to;
