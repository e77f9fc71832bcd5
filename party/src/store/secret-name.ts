import type { Owner } from '../protocol/identity/owner.ts';
import { encodeUnambiguously } from '../protocol/session/transcript.ts';

/** The name of a secret that a party keeps sealed, and nowhere else. A new kind of secret is a new member here. */
export type SecretName =
  /** The private key of the party's identity. */
  | { readonly kind: 'identity' }
  /** The party's share of a key in an epoch. */
  | { readonly kind: 'sharing'; readonly keyId: string; readonly epoch: number }
  /** The chain code of a key. */
  | { readonly kind: 'chainCode'; readonly keyId: string }
  /** The party's part of a generation of auxiliary information. `keyId` is the id that all generations share. */
  | { readonly kind: 'auxiliary'; readonly keyId: string; readonly epoch: number }
  /** Safe primes for the next generation, which no session has seen. */
  | { readonly kind: 'primes' };

/** The name of a secret as the primary key of its row. */
export interface SecretKey {
  readonly kind: string;
  /** The id of the key that the secret belongs to; empty: the secret belongs to the party itself. */
  readonly subject: string;
  /** The epoch or generation of the secret; 0 if there is only one such secret. */
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

/**
 * Returns the bytes that a sealed secret is bound to. No other secret, of this party or another, has the same bytes.
 */
export function associatedData(owner: Owner, name: SecretName): Uint8Array {
  const { kind, subject, number } = secretKey(name);
  return encodeUnambiguously(['mpc/v1/sealed', owner.namespace, owner.cluster, owner.party, kind, subject, number]);
}
