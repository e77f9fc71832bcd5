/**
 * The data that a SignRequest asks a key to sign, as this party itself reads them, or why the key does not sign them.
 */
import type { KeyShareSet, SignRequest } from '@mpc-operator/crds/generated/api';
import { DIGEST_BYTES, MAX_MESSAGE_BYTES } from '@mpc-operator/crds/sign-request';
import type { PlainData } from '../protocol/signing/data-to-sign.ts';
import { DerivationError, parsePath } from '../protocol/signing/hd.ts';

export interface RequestedData {
  readonly message: Uint8Array;
  /** How an ecdsa key hashes the message; `prehashed`: the message is a digest already. */
  readonly digest: NonNullable<SignRequest['spec']['digest']> | undefined;
  /** The path from the key to the child that signs; empty: the key itself signs. */
  readonly path: readonly number[];
}

export type Fault = {
  readonly reason: 'MessageMalformed' | 'MessageTooLong' | 'DigestForbidden' | 'DigestMisplaced' | 'PathMalformed';
  readonly message: string;
};

export function readRequestedData({ spec }: SignRequest, key: KeyShareSet['spec']): RequestedData | Fault {
  const message = decodeBase64(spec.message);
  if (message === undefined) {
    return {
      reason: 'MessageMalformed',
      message: 'spec.message is not canonical base64: encode the bytes to sign again',
    };
  }
  if (message.length > MAX_MESSAGE_BYTES) {
    return {
      reason: 'MessageTooLong',
      message: `spec.message has ${message.length} bytes, a message at most ${MAX_MESSAGE_BYTES}: sign a shorter one`,
    };
  }
  const digest = key.purpose === 'ecdsa' ? (spec.digest ?? 'sha256') : spec.digest;
  const fault = faultOfDigest(digest, message, key);
  if (fault !== undefined) return fault;
  try {
    const path = parsePath(spec.derivationPath ?? 'm');
    if (path.length > 0 && key.curve === 'p256')
      throw new DerivationError(`${spec.derivationPath}: a key on p256 has no children: leave spec.derivationPath out`);
    return { message, digest, path };
  } catch (error) {
    if (!(error instanceof DerivationError)) throw error;
    return { reason: 'PathMalformed', message: `spec.derivationPath: ${error.message}` };
  }
}

function faultOfDigest(
  digest: RequestedData['digest'],
  message: Uint8Array,
  { purpose, allowPrehashed }: KeyShareSet['spec'],
): Fault | undefined {
  if (purpose !== 'ecdsa') {
    return digest === undefined
      ? undefined
      : {
          reason: 'DigestMisplaced',
          message: `spec.digest is ${digest}, but a key for ${purpose} signs the message itself: leave it out`,
        };
  }
  if (digest !== 'prehashed') return undefined;
  if (!allowPrehashed) {
    return {
      reason: 'DigestForbidden',
      message:
        'spec.digest is prehashed, which the KeyShareSet does not allow: ' +
        'give the message and the name of its digest, or set spec.allowPrehashed of the KeyShareSet',
    };
  }
  return message.length === DIGEST_BYTES
    ? undefined
    : { reason: 'MessageMalformed', message: `a digest has ${DIGEST_BYTES} bytes, spec.message has ${message.length}` };
}

/** The data that an ecdsa key signs. `digest` is set: `readRequestedData` sets it for every ecdsa key. */
export function dataToSign({ message, digest }: RequestedData): PlainData {
  if (digest === undefined) throw new RangeError('an ecdsa key signs digests only');
  return digest === 'prehashed' ? { prehashed: message } : { message, digest };
}

function decodeBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
