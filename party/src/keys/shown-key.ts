/** What the world sees of a key: what its signatures verify under, and where they spend. */
import type { KeyReport, KeySpec } from '@mpc-operator/crds/control';
import { addresses } from '../chains/addresses.ts';
import { curves } from '../curve/curve.ts';
import { publicKeys } from '../signing/scheme.ts';

export type ShownKey = Required<Pick<KeyReport, 'publicKey' | 'addresses'>> & Pick<KeyReport, 'internalKey'>;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/**
 * @param groupKey the shared key before any tweak: a compressed point in hex, as in a certificate
 * @throws EncodingError if it is none
 */
export function shownKey({ curve, purpose }: Pick<KeySpec, 'curve' | 'purpose'>, groupKey: string): ShownKey {
  const point = curves[curve].decodePoint(Uint8Array.from(Buffer.from(groupKey, 'hex')));
  const { publicKey, internalKey } = publicKeys(purpose, curve, point);
  return {
    publicKey: hex(publicKey),
    ...(internalKey && { internalKey: hex(internalKey) }),
    addresses: addresses(purpose, curve, publicKey),
  };
}
