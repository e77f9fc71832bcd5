import type { SessionContext } from './party.ts';
import type { PartyId } from './party-id.ts';
import { type Absorbable, Transcript, taggedHash } from './transcript.ts';

/** A party as its peers know it. */
export interface Member {
  readonly id: PartyId;
  /** The pinned identity: Ed25519 public key, 32 bytes. */
  readonly identity: Uint8Array;
}

/** What all parties of a session must agree on before its first round (attack list F3, F4). */
export interface SessionParameters {
  /** The name of this run on the wire, a subject token. A run that failed is begun again under another name. */
  readonly session: string;
  /** Name and version of the protocol, such as `frost/sign/v1`. */
  readonly protocol: string;
  /** The ciphersuite, such as `FROST-ED25519-SHA512-v1`. */
  readonly suite: string;
  /** The id of the key; a keygen names the id that the new key will have. */
  readonly key: string;
  /** The epoch whose shares the session uses, or the epoch that the session makes. */
  readonly epoch: number;
  readonly threshold: number;
  readonly members: readonly Member[];
  /**
   * Everything else that must be the same for all parties, by name: the hash of the sharing, the message to sign, the
   * path, the request.
   */
  readonly extras: Readonly<Record<string, Absorbable>>;
}

export const MAX_PARTY = 64;
const SESSION_NAME = /^[A-Za-z0-9_-]{1,128}$/;

/**
 * Checks the parameters of a session.
 * @throws RangeError naming the invalid parameter: the mistake is the caller's, and no peer has a part in it
 */
export function validateParameters(parameters: SessionParameters, me: PartyId, identity: Uint8Array): void {
  const { session, members, threshold } = parameters;
  const refuse = (why: string): never => {
    throw new RangeError(`session ${session}: ${why}`);
  };
  if (!SESSION_NAME.test(session)) refuse('its name is not 1 to 128 letters, digits, "-" and "_"');
  if (members.length < 2) refuse('it takes two parties');
  for (const [i, { id, identity: pinned }] of members.entries()) {
    const before = members[i - 1]?.id ?? 0;
    if (!Number.isInteger(id) || id <= before || id > MAX_PARTY) {
      refuse(`party ${id} after ${before}: ids are integers from 1 to ${MAX_PARTY}, ascending, each once`);
    }
    if (pinned.length !== 32) refuse(`the identity of party ${id} has ${pinned.length} bytes, not 32`);
  }
  const own = members.find(({ id }) => id === me) ?? refuse(`party ${me} is not in it`);
  if (!Buffer.from(own.identity).equals(identity)) refuse(`party ${me} signs with another key than the pinned one`);
  if (!Number.isInteger(threshold) || threshold < 2 || threshold > members.length) {
    refuse(`a threshold of ${threshold} with ${members.length} parties`);
  }
}

const EXTRA = 'extras.';

const extraName = (name: string): string => `${EXTRA}${name}`;

/** The name under which the caller knows a field of the context. */
export const fieldName = (name: string): string => (name.startsWith(EXTRA) ? name.slice(EXTRA.length) : name);

/**
 * Returns the hash of everything that must be the same for all parties, by name, so that a difference can be told by
 * name. 32 bytes each.
 */
export function contextFields(parameters: SessionParameters): ReadonlyMap<string, Uint8Array> {
  const { protocol, suite, key, epoch, threshold, members, extras, session } = parameters;
  // extras have names of their own: none can stand in for a field, such as the extra `key` (the public key that signs)
  // for the field `key` (the id of the key)
  const added = Object.entries(extras).map(([name, value]): [string, Absorbable] => [extraName(name), value]);
  const fields: [string, Absorbable][] = [
    ['session', session],
    ['protocol', protocol],
    ['suite', suite],
    ['key', key],
    ['epoch', epoch],
    ['threshold', threshold],
    ['members', members.map(({ id, identity }) => [id, identity])],
    ...added.sort(([a], [b]) => (a < b ? -1 : 1)),
  ];
  return new Map(fields.map(([name, value]) => [name, taggedHash('mpc/v1/context-field', name, value)]));
}

/** The context of a session whose handshake is done. */
export function sessionContext(sid: Uint8Array, protocol: string): SessionContext {
  return {
    sid,
    protocol,
    proof: (label, prover, verifier) =>
      new Transcript('mpc/v1/proof', sid, protocol, label, prover, verifier === undefined ? [] : [verifier]),
  };
}
