import type { Owner } from '../protocol/identity/owner.ts';
import { encodeUnambiguously } from '../protocol/session/transcript.ts';

/** What a party keeps sealed, and nowhere else. A new kind of secret is a new member here. */
export type SecretName =
  /** The private key of the party's identity. */
  | { readonly kind: 'identity' }
  /** The party's share of a key, as of an epoch. */
  | { readonly kind: 'sharing'; readonly keyId: string; readonly epoch: number }
  /** The chain code of a key. */
  | { readonly kind: 'chainCode'; readonly keyId: string }
  /** The party's part of a generation of auxiliary information, under the id of all of them. */
  | { readonly kind: 'auxiliary'; readonly keyId: string; readonly epoch: number }
  /** Safe primes for the next generation, which no session has seen. */
  | { readonly kind: 'primes' };

/** The same as the primary key of a row. */
export interface SecretKey {
  readonly kind: string;
  /** What it belongs to: the id of a key; empty for the party itself. */
  readonly subject: string;
  /** Which one: an epoch; 0 if there is only one. */
  readonly number: number;
}

export function secretKey(name: SecretName): SecretKey {
  switch (name.kind) {
    case 'identity':
    case 'primes':
      return { kind: name.kind, subject: '', number: 0 };
    case 'auxiliary':
    case 'sharing':
      return { kind: name.kind, subject: name.keyId, number: name.epoch };
    case 'chainCode':
      return { kind: name.kind, subject: name.keyId, number: 0 };
  }
}

/** @throws RangeError for a kind that this program does not know */
export function secretName({ kind, subject, number }: SecretKey): SecretName {
  if (kind === 'identity' || kind === 'primes') return { kind };
  if (kind === 'sharing' || kind === 'auxiliary') return { kind, keyId: subject, epoch: number };
  if (kind === 'chainCode') return { kind, keyId: subject };
  throw new RangeError(`a sealed secret of kind ${kind}: the store was written by a newer version`);
}

/** What a sealed secret is bound to: as bytes that no other secret, of this party or another, has. */
export function associatedData(owner: Owner, name: SecretName): Uint8Array {
  const { kind, subject, number } = secretKey(name);
  return encodeUnambiguously(['mpc/v1/sealed', owner.namespace, owner.cluster, owner.party, kind, subject, number]);
}
