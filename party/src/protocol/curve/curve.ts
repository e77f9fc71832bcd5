/**
 * The prime-order groups of the keys, over @noble/curves. A `Scalar` and a `Point` exist only after their checks. So no
 * code past the decoders has to ask whether a scalar is canonical, or whether a point is on the curve or is the
 * identity.
 */
import { type CurvePoint, type CurvePointCons, mulAddUnsafe } from '@noble/curves/abstract/curve.js';
import { ed25519 } from '@noble/curves/ed25519.js';
import { p256 } from '@noble/curves/nist.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { bytesToNumberBE, bytesToNumberLE, numberToBytesBE, numberToBytesLE } from '@noble/curves/utils.js';
import { randomBytes } from '@noble/hashes/utils.js';

export type CurveName = 'ed25519' | 'secp256k1' | 'p256';

declare const scalarBrand: unique symbol;
declare const pointBrand: unique symbol;

/** An integer in [0, order) of the curve that made it. */
export type Scalar = bigint & { readonly [scalarBrand]: never };

/** A point of the prime-order group of the curve that made it. It may be the identity; a decoded one never is. */
export interface Point {
  readonly [pointBrand]: never;
}

/**
 * The error for bytes that are no scalar or no point. The message names the fault, never the bytes: they may be a
 * secret.
 */
export class EncodingError extends Error {
  override readonly name = 'EncodingError';
}

export interface Curve {
  readonly name: CurveName;
  readonly order: bigint;
  readonly scalarBytes: number;
  readonly pointBytes: number;

  /** Returns n mod order. */
  scalar(n: bigint): Scalar;
  /** Returns a scalar that is uniform in [1, order). */
  randomScalar(): Scalar;
  /**
   * Returns a uniform scalar. `bytes`: big-endian, at least 16 more than the order has, so that the bias is below
   * 2^-128.
   */
  scalarFromUniformBytes(bytes: Uint8Array): Scalar;
  /** Encodes in the byte order of the curve's standard: little-endian for ed25519, big-endian for the others. */
  encodeScalar(s: Scalar): Uint8Array;
  /** @throws EncodingError unless exactly `scalarBytes` long and below the order */
  decodeScalar(bytes: Uint8Array): Scalar;
  addScalars(...s: Scalar[]): Scalar;
  subtractScalars(a: Scalar, b: Scalar): Scalar;
  multiplyScalars(a: Scalar, b: Scalar): Scalar;
  negateScalar(s: Scalar): Scalar;
  /** @throws RangeError for 0 */
  invertScalar(s: Scalar): Scalar;

  readonly base: Point;
  readonly identity: Point;
  /** Returns s·G for a secret s: without branches on s, as far as JavaScript allows. */
  multiplyBase(s: Scalar): Point;
  /** Returns s·P for a secret s: without branches on s, as far as JavaScript allows. */
  multiply(p: Point, s: Scalar): Point;
  /** Returns s·P for a public s: faster, but its time tells s. */
  multiplyPublic(p: Point, s: Scalar): Point;
  /** Returns Σ s·P of public terms: the terms share their doublings, so that two cost little more than one. */
  multiplyAddPublic(terms: readonly (readonly [p: Point, s: Scalar])[]): Point;
  addPoints(...p: Point[]): Point;
  negatePoint(p: Point): Point;
  equalPoints(a: Point, b: Point): boolean;
  isIdentity(p: Point): boolean;
  /** Encodes in compressed form: RFC 8032 for ed25519, SEC 1 for the others. @throws RangeError for the identity */
  encodePoint(p: Point): Uint8Array;
  /** Encodes any point for a hash, the identity too: it is what a verifier may compute from what others sent. */
  encodeForHash(p: Point): Uint8Array;
  /** @throws EncodingError unless canonical, on the curve, in the prime-order group, and not the identity */
  decodePoint(bytes: Uint8Array): Point;
}

interface Encoding {
  readonly littleEndian: boolean;
  readonly pointBytes: number;
}

function makeCurve<P extends CurvePoint<bigint, P>>(
  name: CurveName,
  cons: CurvePointCons<P>,
  encoding: Encoding,
): Curve {
  const order = cons.Fn.ORDER;
  const scalarBytes = 32;
  const toBytes = encoding.littleEndian ? numberToBytesLE : numberToBytesBE;
  const toNumber = encoding.littleEndian ? bytesToNumberLE : bytesToNumberBE;

  class Element implements Point {
    declare readonly [pointBrand]: never;
    readonly inner: P;
    constructor(inner: P) {
      this.inner = inner;
    }
  }
  const inner = (p: Point): P => {
    if (!(p instanceof Element)) throw new TypeError(`a point of another curve where one of ${name} is needed`);
    return p.inner;
  };
  const mod = (n: bigint): Scalar => cons.Fn.create(n) as Scalar;

  const curve: Curve = {
    name,
    order,
    scalarBytes,
    pointBytes: encoding.pointBytes,

    scalar: mod,
    randomScalar() {
      const s = curve.scalarFromUniformBytes(randomBytes(scalarBytes + 16));
      return s === 0n ? curve.randomScalar() : s;
    },
    scalarFromUniformBytes(bytes) {
      if (bytes.length < scalarBytes + 16)
        throw new RangeError(`${bytes.length} bytes make a biased scalar: give at least 48`);
      return mod(bytesToNumberBE(bytes));
    },
    encodeScalar: s => toBytes(s, scalarBytes),
    decodeScalar(bytes) {
      if (bytes.length !== scalarBytes)
        throw new EncodingError(`a scalar of ${name} has ${scalarBytes} bytes, not ${bytes.length}`);
      const n = toNumber(bytes);
      if (n >= order) throw new EncodingError(`a scalar of ${name} is below the order of the group`);
      return mod(n);
    },
    addScalars: (...s) => mod(s.reduce((sum, n) => sum + n, 0n)),
    subtractScalars: (a, b) => mod(a - b),
    multiplyScalars: (a, b) => mod(a * b),
    negateScalar: s => mod(-s),
    invertScalar(s) {
      if (s === 0n) throw new RangeError('0 has no inverse');
      return mod(cons.Fn.inv(s));
    },

    base: new Element(cons.BASE),
    identity: new Element(cons.ZERO),
    multiplyBase: s => (s === 0n ? curve.identity : new Element(cons.BASE.multiply(s))),
    multiply: (p, s) => (s === 0n ? curve.identity : new Element(inner(p).multiply(s))),
    multiplyPublic: (p, s) => new Element(inner(p).multiplyUnsafe(s)),
    multiplyAddPublic: terms =>
      new Element(
        mulAddUnsafe(
          cons,
          terms.map(([p]) => inner(p)),
          terms.map(([, s]) => s),
        ),
      ),
    addPoints: (...p) => new Element(p.reduce((sum, q) => sum.add(inner(q)), cons.ZERO)),
    negatePoint: p => new Element(inner(p).negate()),
    equalPoints: (a, b) => inner(a).equals(inner(b)),
    isIdentity: p => inner(p).is0(),
    encodePoint(p) {
      if (inner(p).is0()) throw new RangeError('the identity is never encoded: it is not a valid message');
      return inner(p).toBytes();
    },
    // SEC 1, section 2.3.3, encodes the identity as one byte 0, which encodes no other point of any curve
    encodeForHash: p => (inner(p).is0() ? Uint8Array.of(0) : inner(p).toBytes()),
    decodePoint(bytes) {
      if (bytes.length !== encoding.pointBytes) {
        throw new EncodingError(`a point of ${name} has ${encoding.pointBytes} bytes, not ${bytes.length}`);
      }
      const p = parsePoint(cons, bytes);
      if (p.is0()) throw new EncodingError(`the identity of ${name} is not a valid message`);
      if (!p.isTorsionFree()) throw new EncodingError(`a point outside the prime-order group of ${name}`);
      return new Element(p);
    },
  };
  return curve;
}

function parsePoint<P extends CurvePoint<bigint, P>>(cons: CurvePointCons<P>, bytes: Uint8Array): P {
  try {
    const p = cons.fromBytes(bytes);
    p.assertValidity();
    return p;
  } catch {
    throw new EncodingError('bytes that encode no point of the curve');
  }
}

export const curves: { readonly [name in CurveName]: Curve } = {
  ed25519: makeCurve('ed25519', ed25519.Point, { littleEndian: true, pointBytes: 32 }),
  secp256k1: makeCurve('secp256k1', secp256k1.Point, { littleEndian: false, pointBytes: 33 }),
  p256: makeCurve('p256', p256.Point, { littleEndian: false, pointBytes: 33 }),
};
