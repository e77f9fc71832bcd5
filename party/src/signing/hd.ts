/** Children of a key by BIP-32, public derivation (CKDpub), non-hardened: with what is public, so that parties need no protocol. */
import { createHmac } from 'node:crypto';
import { bytesToNumberBE } from '@noble/curves/utils.js';
import { type Curve, curves, type Point } from '../curve/curve.ts';
import type { SigningKey } from './signing-key.ts';

/** A path is not one, or leads through an index that has no child, once in 2^127. The message names path and part. */
export class DerivationError extends Error {
  override readonly name = 'DerivationError';
}

const HARDENED = 2 ** 31;
const MAX_DEPTH = 255;

/**
 * The indices of a path such as m/44/60/0/0/7, at most 255 deep.
 * @throws DerivationError
 */
export function parsePath(path: string): readonly number[] {
  const [root, ...parts] = path.split('/');
  if (root !== 'm') throw new DerivationError(`${path}: a path begins with m, such as m/0/7`);
  if (parts.length > MAX_DEPTH) throw new DerivationError(`${path}: at most ${MAX_DEPTH} levels`);
  return parts.map(part => {
    if (/^\d+['hH]$/.test(part))
      throw new DerivationError(`${path}: ${part} is hardened, which takes the whole private key, and nobody has it`);
    const index = Number(part);
    if (!/^(0|[1-9]\d{0,9})$/.test(part) || index >= HARDENED)
      throw new DerivationError(`${path}: ${part} is no index from 0 to ${HARDENED - 1}`);
    return index;
  });
}

/** A key at a path, and what was added to the key at the root. */
export interface Derived {
  readonly key: SigningKey;
  /** 32 bytes. */
  readonly chainCode: Uint8Array;
}

/** @throws DerivationError where BIP-32 has the index fail (attack list D8) */
export function derive(parent: Point, chainCode: Uint8Array, path: readonly number[]): Derived {
  const curve: Curve = curves.secp256k1;
  let [point, code, offset] = [parent, chainCode, curve.scalar(0n)];
  for (const index of path) {
    const { left, right } = childData(curve, point, code, index);
    const number = bytesToNumberBE(left);
    const child = curve.addPoints(point, curve.multiplyPublic(curve.base, curve.scalar(number)));
    if (number >= curve.order || curve.isIdentity(child))
      throw new DerivationError(`m/${path.join('/')}: index ${index} has no child: take the next one`);
    [point, code, offset] = [child, right, curve.addScalars(offset, curve.scalar(number))];
  }
  return { key: { point, tweak: { negate: false, offset } }, chainCode: code };
}

/** I of BIP-32: HMAC-SHA512 of the serialised parent and the index. */
function childData(curve: Curve, parent: Point, chainCode: Uint8Array, index: number) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(index);
  const I = createHmac('sha512', chainCode).update(curve.encodePoint(parent)).update(bytes).digest();
  return { left: new Uint8Array(I.subarray(0, 32)), right: new Uint8Array(I.subarray(32)) };
}
