/**
 * What the world sees of a key and of its children: the public keys that verify their signatures, and their addresses.
 */
import type { KeyReport, KeySpec } from '@mpc-operator/crds/control';
import { bytesToHex } from '@noble/hashes/utils.js';
import { addresses } from '../protocol/chains/addresses.ts';
import { curves, type Point } from '../protocol/curve/curve.ts';
import { derive, parsePath } from '../protocol/signing/hd.ts';
import { publicKeys } from '../protocol/signing/scheme.ts';

export type ShownChild = NonNullable<KeyReport['derivations']>[number];
export type ShownKey = Omit<ShownChild, 'path'> & Pick<KeyReport, 'internalKey'>;

type Spec = Pick<KeySpec, 'curve' | 'purpose'>;

/**
 * @param groupKey the shared key before any tweak: a compressed point in hex, as in a certificate
 * @throws EncodingError if `groupKey` is no such point
 */
export const shownKey = (spec: Spec, groupKey: string): ShownKey => shownPoint(spec, decode(spec, groupKey));

/**
 * Returns the children at these paths, in their order. Each level of each path takes half a millisecond, and children
 * never change: a caller that shows them often keeps them.
 *
 * @param groupKey as for `shownKey`
 * @param chainCode 32 bytes
 * @throws DerivationError naming the path that is malformed, or leads nowhere
 */
export function shownChildren(
  spec: Spec,
  groupKey: string,
  chainCode: Uint8Array,
  paths: readonly string[],
): ShownChild[] {
  const root = decode(spec, groupKey);
  return paths.map(path => {
    const { key } = derive(spec.curve, root, chainCode, parsePath(path));
    const { publicKey, addresses } = shownPoint(spec, key.point);
    return { path, publicKey, addresses };
  });
}

const decode = ({ curve }: Spec, point: string): Point =>
  curves[curve].decodePoint(Uint8Array.from(Buffer.from(point, 'hex')));

function shownPoint({ curve, purpose }: Spec, point: Point): ShownKey {
  const { publicKey, internalKey } = publicKeys(purpose, curve, point);
  return {
    publicKey: bytesToHex(publicKey),
    ...(internalKey && { internalKey: bytesToHex(internalKey) }),
    addresses: addresses(purpose, curve, publicKey),
  };
}
