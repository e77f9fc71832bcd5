/**
 * Round 0: every party shows that it is there and what it takes the session to be about, and makes its part of the
 * session id and of the encryption keys.
 */
import { randomBytes } from 'node:crypto';
import { concatBytes } from '@noble/hashes/utils.js';
import { EncodingError } from '../curve/curve.ts';
import { ascii, bytes, listUpTo, mapped, struct, uint } from './codec.ts';
import { fieldName } from './context.ts';
import type { Envelope } from './envelope.ts';
import { ContextMismatch } from './errors.ts';
import type { Codec } from './messages.ts';
import type { PartyId } from './party-id.ts';
import { ephemeralPublicKey } from './seals.ts';
import { taggedHash } from './transcript.ts';

export const HELLO = 'hello';

/**
 * How far the memory of a party reaches, so that its peers notice if the party was restored from a snapshot. A session
 * does not read it.
 */
export interface Standing {
  /** The number of this start of the party, from 1. */
  readonly incarnation: number;
  /** The length of its log. */
  readonly position: number;
  /** The hash of its log's last event, 32 bytes. */
  readonly head: Uint8Array;
}

export interface Hello {
  /** Hashes of what the session is about, by name. */
  readonly context: readonly { readonly name: string; readonly digest: Uint8Array }[];
  /** The X25519 public key, made for this session alone. */
  readonly ephemeral: Uint8Array;
  readonly standing: Standing;
}

/**
 * A hello with the version of the software that made it. A hello of another version may look like anything, and is not
 * read.
 */
interface Greeting {
  readonly version: number;
  readonly hello: Hello | undefined;
}

const SESSION_VERSION = 2;
const NONCE_BYTES = 32;

const versionLayout = uint(1);
const incarnation = mapped(
  uint(6),
  count => {
    if (count === 0) throw new EncodingError('a party that has not started');
    return count;
  },
  count => count,
);
const helloLayout = struct<Hello>({
  context: listUpTo(struct({ name: ascii(32), digest: bytes(32) }), 32),
  ephemeral: ephemeralPublicKey,
  standing: struct({ incarnation, position: uint(6), head: bytes(32) }),
});

export const greetingCodec: Codec<Greeting> = {
  maxBytes: versionLayout.maxBytes + helloLayout.maxBytes,
  encode: ({ version, hello }) =>
    concatBytes(versionLayout.encode(version), hello ? helloLayout.encode(hello) : new Uint8Array()),
  decode(payload) {
    const version = versionLayout.decode(payload.subarray(0, 1));
    return { version, hello: version === SESSION_VERSION ? helloLayout.decode(payload.subarray(1)) : undefined };
  },
};

export const encodeHello = (hello: Hello): Uint8Array => greetingCodec.encode({ version: SESSION_VERSION, hello });

export const makeNonce = (): Uint8Array => new Uint8Array(randomBytes(NONCE_BYTES));

/**
 * Returns the id of a party's run of a session, which names the run before there is a session id. Each run has a nonce
 * of its own. So two hellos under one nonce are one party's doing, while two hellos under different nonces may come
 * from a restart, a copy, or a replay.
 */
export const runId = (session: string, nonce: Uint8Array): Uint8Array => taggedHash('mpc/v1/run', session, nonce);

/**
 * Compares a hello with the context of this party.
 * @returns the hello, if it is of this version and its context is the same
 * @throws ContextMismatch naming what differs, and no party (attack list F4)
 */
export function agree(own: ReadonlyMap<string, Uint8Array>, { version, hello }: Greeting): Hello {
  if (hello === undefined) {
    const versions = `${SESSION_VERSION} here and ${version} elsewhere`;
    throw new ContextMismatch(`the parties run sessions of different versions, ${versions}: finish the upgrade`);
  }
  const theirs = new Map(hello.context.map(({ name, digest }) => [name, digest]));
  const names = new Set([...own.keys(), ...theirs.keys()]);
  const differing = [...names].filter(name => !sameBytes(own.get(name), theirs.get(name))).map(fieldName);
  if (differing.length > 0) throw new ContextMismatch(`the parties do not agree on ${differing.join(', ')}`);
  return hello;
}

const sameBytes = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  a !== undefined && b !== undefined && Buffer.from(a).equals(b);

/**
 * Returns the session id, which depends on the context and the fresh random bytes of all parties (attack list F3).
 * `hellos`: by party, ascending.
 */
export const sessionId = (hellos: ReadonlyMap<PartyId, Pick<Envelope, 'signed'>>): Uint8Array =>
  taggedHash('mpc/v1/sid', ...[...hellos.values()].map(({ signed }) => signed));
