/**
 * A model of what presigning costs one signer at least: the modular exponentiations of figures 8, 24 and 25 of ePrint
 * 2021/060 (2024), each timed on this machine with its own length, the operations on the curve, and nothing else.
 */
import { curves } from '@mpc-operator/party/protocol/curve/curve';
import { entry } from '@mpc-operator/party/protocol/session/party';
import type { PartyId } from '@mpc-operator/party/protocol/session/party-id';
import type { Auxiliary } from '@mpc-operator/party/protocol/signing/cggmp24/auxiliary';
import { randomBelow } from '@mpc-operator/party/protocol/signing/cggmp24/paillier/integers';
import type { Modulus } from '@mpc-operator/party/protocol/signing/cggmp24/paillier/modulus';
import type { CggmpParameters } from '@mpc-operator/party/protocol/signing/cggmp24/parameters';
import { cpuSince } from './times.ts';

const RUNS = 7;

/** Returns CPU milliseconds. */
export function modelOfPresigning(
  { primeBits, ell, ellPrime, epsilon, challengeBits: e }: CggmpParameters,
  auxiliary: ReadonlyMap<PartyId, Auxiliary>,
  signers: readonly PartyId[],
): number {
  const [me, peer] = signers;
  const own = me === undefined ? undefined : auxiliary.get(me);
  if (me === undefined || peer === undefined || own === undefined) throw new RangeError('presigning takes two');
  const [mine, theirs] = [entry(own.all, me), entry(own.all, peer)];
  const N = 2 * primeBits;
  const costs = new Map<string, number>();
  const of = (name: string, modulus: Modulus) => (bits: number) => {
    const key = `${name} ${bits}`;
    const known = costs.get(key) ?? timePower(modulus, bits);
    costs.set(key, known);
    return known;
  };
  const [nn, ownNn, ring, ownRing] = [
    of('nn', theirs.paillier.nn),
    of('own nn', mine.paillier.nn),
    of('ring', theirs.ring.modulus),
    of('own ring', mine.ring.modulus),
  ];
  const [n, ownN] = [of('n', theirs.paillier.n), of('own n', mine.paillier.n)];
  const hidden = (bits: number, mask: number) => ring(bits) + ring(N + mask);
  const checked = (bits: number) => ownRing(bits) + ownRing(N + ell + epsilon) + ownRing(e);

  const proveEncElg = ownNn(N) + hidden(ell, ell) + hidden(ell + epsilon, ell + epsilon) + ownN(e);
  const verifyEncElg = nn(N) + nn(e) + checked(ell + epsilon);
  const multiply = nn(ell) + nn(N) + ownNn(N);
  const proveAffG =
    nn(ell + epsilon) +
    nn(N) +
    ownNn(N) +
    hidden(ell + epsilon, ell + epsilon) +
    hidden(ell, ell) +
    hidden(ellPrime + epsilon, ell + epsilon) +
    hidden(ellPrime, ell) +
    n(e) +
    ownN(e);
  const verifyAffG =
    ownNn(ell + epsilon) + ownNn(N) + ownNn(e) + nn(N) + nn(e) + checked(ell + epsilon) + checked(ellPrime + epsilon);
  const decrypt = ownNn(N);
  const perPeer = 2 * (proveEncElg + verifyEncElg + multiply + proveAffG + verifyAffG + decrypt);
  return 2 * ownNn(N) + (signers.length - 1) * perPeer + curveOperations(signers.length);
}

/**
 * Counts the operations on the curve in figures 8, 23 and 24: multiplications, and the points of messages, which come
 * compressed.
 */
function curveOperations(signers: number): number {
  const curve = curves.secp256k1;
  const [P, s] = [curve.multiplyBase(curve.randomScalar()), curve.randomScalar()];
  const encoded = curve.encodePoint(P);
  const base = timeOf(() => curve.multiplyBase(s));
  const secret = timeOf(() => curve.multiply(P, s));
  const open = timeOf(() => curve.multiplyPublic(P, s));
  const sum = timeOf(() => curve.multiplyAddPublic([curve.base, P, P].map(point => [point, s] as const)));
  const decode = timeOf(() => curve.decodePoint(encoded));
  const peers = signers - 1;
  const own = 10 * base + 8 * secret + (2 + 3 * signers) * open;
  return own + peers * (6 * base + 2 * secret + 12 * sum + 20 * decode);
}

function timePower(modulus: Modulus, bits: number): number {
  return timeOf(() => modulus.power(randomBelow(modulus.value), randomBelow(1n << BigInt(bits))));
}

/** Returns CPU milliseconds, the median of some runs. */
function timeOf(work: () => unknown): number {
  const times = Array.from({ length: RUNS }, () => {
    const start = process.cpuUsage();
    work();
    return cpuSince(start);
  });
  return times.sort((a, b) => a - b)[RUNS >> 1] ?? Number.NaN;
}
