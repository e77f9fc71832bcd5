/**
 * End-to-end encryption between the parties of one session: AES-256-GCM, with one key for each pair of parties and
 * direction. The keys are agreed on by X25519 key pairs made for this session, and are gone with the session.
 */
import {
  createCipheriv,
  createDecipheriv,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { concatBytes } from '@noble/hashes/utils.js';
import { EncodingError } from '../curve/curve.ts';
import { Secret } from '../secret.ts';
import { bytes, type Layout, mapped } from './codec.ts';
import { encodePlace, type Place } from './envelope.ts';
import type { PartyId } from './party-id.ts';
import { encodeUnambiguously } from './transcript.ts';

const KEY_BYTES = 32;
const TAG_BYTES = 16;
const WRAPPED_KEY_BYTES = KEY_BYTES + TAG_BYTES;

export interface EphemeralKey {
  readonly publicKey: Uint8Array;
  readonly privateKey: KeyObject;
}

export function makeEphemeralKey(): EphemeralKey {
  const { publicKey, privateKey } = generateKeyPairSync('x25519');
  const { x } = publicKey.export({ format: 'jwk' });
  if (x === undefined) throw new TypeError('an X25519 key without its coordinate');
  return { publicKey: new Uint8Array(Buffer.from(x, 'base64url')), privateKey };
}

const importPublicKey = (raw: Uint8Array): KeyObject =>
  createPublicKey({
    key: { kty: 'OKP', crv: 'X25519', x: Buffer.from(raw).toString('base64url') },
    format: 'jwk',
  });

const probe = generateKeyPairSync('x25519').privateKey;

/** An X25519 public key. A key of small order is refused: under it, everybody agrees on zero (RFC 7748 section 6.1). */
export const ephemeralPublicKey: Layout<Uint8Array> = mapped(
  bytes(KEY_BYTES),
  raw => {
    try {
      diffieHellman({ privateKey: probe, publicKey: importPublicKey(raw) });
      return raw;
    } catch {
      throw new EncodingError('an X25519 public key of small order');
    }
  },
  raw => raw,
);

type Direction = 'sending' | 'receiving';

/** The keys of one party for one session. */
export class Seals {
  readonly #keys = new Map<`${Direction} ${PartyId}`, Secret<Uint8Array>>();
  readonly #me: PartyId;
  readonly #others: readonly PartyId[];

  /** `peers`: the ephemeral public keys of the other parties. */
  constructor(sid: Uint8Array, me: PartyId, own: EphemeralKey, peers: ReadonlyMap<PartyId, Uint8Array>) {
    this.#me = me;
    this.#others = [...peers.keys()];
    for (const [peer, publicKey] of peers) {
      const shared = diffieHellman({ privateKey: own.privateKey, publicKey: importPublicKey(publicKey) });
      const derive = (from: PartyId, to: PartyId) => {
        const info = encodeUnambiguously(['mpc/v1/pair-key', from, to]);
        return new Secret(new Uint8Array(hkdfSync('sha256', shared, sid, info, KEY_BYTES)));
      };
      this.#keys.set(`sending ${peer}`, derive(me, peer));
      this.#keys.set(`receiving ${peer}`, derive(peer, me));
      shared.fill(0);
    }
  }

  /** Seals a message for one party. Each sequence number seals one message: the number is the nonce. */
  sealDirect(where: Place, to: PartyId, plaintext: Uint8Array): Uint8Array {
    return encrypt(this.#key('sending', to), where.sequence, addressed('direct', where, to), plaintext);
  }

  /**
   * Opens a message sealed for this party.
   * @throws an error of OpenSSL unless `where.from` sealed just these bytes, in this place, for this party
   */
  openDirect(where: Place, sealed: Uint8Array): Uint8Array {
    const key = this.#key('receiving', where.from);
    return decrypt(key, where.sequence, addressed('direct', where, this.#me), sealed);
  }

  /**
   * Seals a message for all other parties at once. The result is a fresh key, wrapped for each of them in ascending
   * order, and the ciphertext under that key.
   */
  sealForAll(where: Place, plaintext: Uint8Array): Uint8Array {
    const contentKey = randomBytes(KEY_BYTES);
    const wrapped = this.#others.map(to =>
      encrypt(this.#key('sending', to), where.sequence, addressed('key', where, to), contentKey),
    );
    const sealed = encrypt(contentKey, 0, addressed('content', where, 'all'), plaintext);
    contentKey.fill(0);
    return concatBytes(...wrapped, sealed);
  }

  /**
   * Opens a message sealed for this party among others.
   * @throws an error of OpenSSL unless `where.from` sealed just these bytes, in this place, for this party among others
   */
  openForAll(where: Place, sealed: Uint8Array): Uint8Array {
    const position = this.#positionAmongRecipientsOf(where.from) * WRAPPED_KEY_BYTES;
    const wrapped = sealed.subarray(position, position + WRAPPED_KEY_BYTES);
    const content = sealed.subarray(this.#others.length * WRAPPED_KEY_BYTES);
    const key = this.#key('receiving', where.from);
    const contentKey = decrypt(key, where.sequence, addressed('key', where, this.#me), wrapped);
    const plaintext = decrypt(contentKey, 0, addressed('content', where, 'all'), content);
    contentKey.fill(0);
    return plaintext;
  }

  wipe(): void {
    for (const key of this.#keys.values()) key.wipe();
    this.#keys.clear();
  }

  #key(direction: Direction, peer: PartyId): Uint8Array {
    const key = this.#keys.get(`${direction} ${peer}`);
    if (key === undefined) throw new RangeError(`no key for ${direction} with party ${peer}`);
    return key.expose();
  }

  #positionAmongRecipientsOf(sender: PartyId): number {
    return [...this.#others, this.#me].filter(id => id !== sender && id < this.#me).length;
  }
}

/** Returns what the ciphertext is bound to: its use, and the whole place with this recipient. */
const addressed = (use: 'direct' | 'key' | 'content', where: Place, to: Place['to']): Uint8Array =>
  concatBytes(encodeUnambiguously(use), encodePlace({ ...where, to }));

function nonce(sequence: number): Uint8Array {
  const counter = new Uint8Array(12);
  new DataView(counter.buffer).setUint32(8, sequence);
  return counter;
}

function encrypt(key: Uint8Array, sequence: number, bound: Uint8Array, plaintext: Uint8Array): Uint8Array {
  const cipher = createCipheriv('aes-256-gcm', key, nonce(sequence), { authTagLength: TAG_BYTES }).setAAD(bound);
  return concatBytes(cipher.update(plaintext), cipher.final(), cipher.getAuthTag());
}

function decrypt(key: Uint8Array, sequence: number, bound: Uint8Array, sealed: Uint8Array): Uint8Array {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce(sequence), { authTagLength: TAG_BYTES }).setAAD(bound);
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  return concatBytes(decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final());
}
