/**
 * Non-hardened children of a key. A child is the key plus a number that follows from the public key and the chain code,
 * so the parties need no protocol to derive it. On secp256k1 the derivation is that of BIP-32, public derivation
 * (CKDpub); on ed25519 it is a convention of our own (docs/decisions/0018).
 */
import { createHmac } from 'node:crypto';
import { bytesToNumberBE, bytesToNumberLE, numberToBytesBE } from '@noble/curves/utils.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { type CurveName, curves, type Point } from '../curve/curve.ts';
import type { SigningKey } from './signing-key.ts';

/**
 * A path is malformed, its curve has no children, or it leads through an index that has no child, which happens once in
 * 2^127. The message names the path and the part that is wrong.
 */
export class DerivationError extends Error {
  override readonly name = 'DerivationError';
}

const HARDENED = 2 ** 31;
/** Each level takes half a millisecond of the one thread that answers every request. */
const MAX_DEPTH = 10;

/**
 * Returns the indices of a path such as m/44/60/0/0/7, at most 10 deep.
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

/** The key at a path, with the offset that was added to the key at the root, and the chain code at the path. */
export interface Derived {
  readonly key: SigningKey;
  /** 32 bytes. */
  readonly chainCode: Uint8Array;
}

/**
 * @param path as `parsePath` returns it
 * @throws DerivationError if by BIP-32 an index has no child (attack list D8), and for any child on p256
 */
export function derive(curveName: CurveName, parent: Point, chainCode: Uint8Array, path: readonly number[]): Derived {
  const [curve, childData] = [curves[curveName], conventions[curveName]];
  const shown = ['m', ...path].join('/');
  let [point, code, offset] = [parent, chainCode, curve.scalar(0n)];
  for (const index of path) {
    if (childData === undefined) throw new DerivationError(`${shown}: no children are derived on ${curveName}`);
    const { number, right } = childData(curve.encodePoint(point), code, numberToBytesBE(index, 4));
    const child = curve.addPoints(point, curve.multiplyPublic(curve.base, curve.scalar(number)));
    if (number >= curve.order || curve.isIdentity(child))
      throw new DerivationError(`${shown}: index ${index} has no child: take the next one`);
    [point, code, offset] = [child, right, curve.addScalars(offset, curve.scalar(number))];
  }
  return { key: { point, tweak: { negate: false, offset } }, chainCode: code };
}

/** Returns the number that is added to the parent if the number is below the order, and the chain code of the child. */
type ChildData = (
  parent: Uint8Array,
  chainCode: Uint8Array,
  index: Uint8Array,
) => { readonly number: bigint; readonly right: Uint8Array };

const conventions: { readonly [name in CurveName]?: ChildData } = {
  /** I of BIP-32. */
  secp256k1(parent, chainCode, index) {
    const I = hmacSha512(chainCode, parent, index);
    return { number: bytesToNumberBE(I.subarray(0, 32)), right: I.slice(32) };
  },
  /** Makes two blocks where BIP-32 makes one: 32 bytes modulo this order are far from uniform, 64 bytes are not. */
  ed25519(parent, chainCode, index) {
    const block = (i: number) => hmacSha512(chainCode, ED25519_CHILD, parent, index, Uint8Array.of(i));
    return { number: curves.ed25519.scalar(bytesToNumberLE(block(0))), right: block(1).slice(0, 32) };
  },
};

const ED25519_CHILD = utf8ToBytes('mpc/v1/ed25519-child');

function hmacSha512(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const hmac = createHmac('sha512', key);
  for (const part of parts) hmac.update(part);
  return new Uint8Array(hmac.digest());
}
