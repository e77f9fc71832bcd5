/**
 * Translates between messages and the bytes of a channel: signs and seals what goes out, opens and verifies what comes
 * in.
 */
import { bytes, bytesUpTo, choice, type Layout, struct, tryDecode } from './codec.ts';
import type { Member } from './context.ts';
import {
  type Envelope,
  type MessageType,
  messageType,
  openMessage,
  type Place,
  type Recipient,
  roundName,
  sequenceNumber,
  signMessage,
} from './envelope.ts';
import { makeNonce, runId } from './hello.ts';
import type { DropReason } from './observer.ts';
import type { PartyId } from './party-id.ts';
import type { Seals } from './seals.ts';
import type { Signer } from './signer.ts';

/** Only the messages of the handshake, and those that end it, travel in the clear. */
type Lane = 'clear' | 'direct' | 'all';

interface Frame {
  readonly lane: Lane;
  readonly type: MessageType;
  readonly round: string;
  readonly sequence: number;
  readonly body: Uint8Array;
}

interface Sealed {
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

interface Clear extends Sealed {
  readonly nonce: Uint8Array;
}

/**
 * The outcome of opening a frame: a message whose signature holds, a frame that cannot be opened before the session id
 * is known, or nothing.
 */
export type Opened =
  | { readonly kind: 'message'; readonly envelope: Envelope; readonly clear: boolean }
  | { readonly kind: 'early' }
  | { readonly kind: 'dropped'; readonly reason: DropReason };

const SIGNATURE_BYTES = 64;
/** Room for wrapped keys, signature, tags and lengths. */
const FRAME_OVERHEAD = 8192;

const dropped = (reason: DropReason): Opened => ({ kind: 'dropped', reason });

export class Wire {
  readonly #session: string;
  readonly #me: PartyId;
  readonly #signer: Signer;
  readonly #identities: ReadonlyMap<PartyId, Uint8Array>;
  readonly #nonce = makeNonce();
  /** The id of this party's run, which stands in the place of the session id until there is one. */
  readonly run: Uint8Array;
  readonly #frame: Layout<Frame>;
  readonly #clear: Layout<Clear>;
  readonly #sealed: Layout<Sealed>;
  #sequence = 0;
  #closed = false;
  #sealing: { readonly sid: Uint8Array; readonly seals: Seals } | undefined;

  /** `maxPayload`: in bytes; a longer message is not even opened. */
  constructor(session: string, me: PartyId, members: readonly Member[], signer: Signer, maxPayload: number) {
    this.#session = session;
    this.#me = me;
    this.#signer = signer;
    this.run = runId(session, this.#nonce);
    this.#identities = new Map(members.map(({ id, identity }) => [id, identity]));
    const signed = { payload: bytesUpTo(maxPayload), signature: bytes(SIGNATURE_BYTES) };
    this.#sealed = struct<Sealed>(signed);
    this.#clear = struct<Clear>({ nonce: bytes(this.#nonce.length), ...signed });
    this.#frame = struct<Frame>({
      lane: choice(['clear', 'direct', 'all']),
      type: messageType,
      round: roundName,
      sequence: sequenceNumber,
      body: bytesUpTo(maxPayload + FRAME_OVERHEAD),
    });
  }

  /** Seals every message from here on. */
  seal(sid: Uint8Array, seals: Seals): void {
    this.#sealing = { sid, seals };
  }

  /** Closes the wire: nothing can be sent or opened from here on. */
  close(): void {
    this.#sealing?.seals.wipe();
    this.#closed = true;
  }

  /** Signs a message of this party, for the session or, before there is a session id, for the run of this party. */
  async sign(type: MessageType, round: string, to: Recipient, payload: Uint8Array): Promise<Envelope> {
    // a protocol may go on for a while after its session has failed
    if (this.#closed) throw new Error(`session ${this.#session} is over`);
    if (type === 'data' && !this.#sealing) throw new Error('a message of a protocol before the handshake is done');
    const sid = this.#sealing?.sid ?? this.run;
    const sequence = this.#sequence++;
    return signMessage(this.#signer, { sid, type, round, sequence, from: this.#me, to }, payload);
  }

  /** The bytes to send. */
  pack({ header, payload, signature }: Envelope): Uint8Array {
    const { type, round, sequence } = header;
    const frame = (lane: Lane, body: Uint8Array) => this.#frame.encode({ lane, type, round, sequence, body });
    if (this.#sealing?.sid !== header.sid) {
      return frame('clear', this.#clear.encode({ nonce: this.#nonce, payload, signature }));
    }
    const { seals } = this.#sealing;
    const plaintext = this.#sealed.encode({ payload, signature });
    const packed =
      header.to === 'all'
        ? frame('all', seals.sealForAll(header, plaintext))
        : frame('direct', seals.sealDirect(header, header.to, plaintext));
    plaintext.fill(0);
    return packed;
  }

  /** Opens a frame. Never throws, whatever a peer or the network sends. */
  open(from: PartyId, bytes: Uint8Array): Opened {
    const identity = this.#identities.get(from);
    if (identity === undefined || from === this.#me) return dropped('foreign');
    const frame = tryDecode(this.#frame, bytes)?.value;
    if (frame === undefined) return dropped('malformed');
    const { lane, type, round, sequence } = frame;
    if (lane === 'clear') {
      const clear = tryDecode(this.#clear, frame.body)?.value;
      if (clear === undefined) return dropped('malformed');
      const sid = runId(this.#session, clear.nonce);
      return this.#verify(identity, { sid, type, round, sequence, from, to: 'all' }, clear, true);
    }
    if (this.#sealing === undefined) return { kind: 'early' };
    const to = lane === 'all' ? 'all' : this.#me;
    const place = { sid: this.#sealing.sid, type, round, sequence, from, to } as const;
    const sealed = unseal(this.#sealing.seals, place, frame.body);
    const content = sealed && tryDecode(this.#sealed, sealed)?.value;
    sealed?.fill(0);
    return content === undefined ? dropped('unauthenticated') : this.#verify(identity, place, content, false);
  }

  #verify(identity: Uint8Array, place: Place, { payload, signature }: Sealed, clear: boolean): Opened {
    const envelope = openMessage(identity, place, payload, signature);
    return envelope ? { kind: 'message', envelope, clear } : dropped('unauthenticated');
  }
}

function unseal(seals: Seals, place: Place, body: Uint8Array): Uint8Array | undefined {
  try {
    return place.to === 'all' ? seals.openForAll(place, body) : seals.openDirect(place, body);
  } catch {
    // OpenSSL tells a wrong tag from a wrong length by nothing but the text of the error; both mean that the seal does
    // not hold
    return undefined;
  }
}
