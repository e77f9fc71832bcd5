/** A true statement of each proof system, with its witness, for the tests that run over all proof systems. */
import { inspect } from 'node:util';
import { curves } from '../../../curve/curve.ts';
import type { Codec } from '../../../session/messages.ts';
import type { Transcript } from '../../../session/transcript.ts';
import { randomWithin } from '../paillier/integers.ts';
import { affG, affGProof } from '../proofs/aff-g.ts';
import { affGStar, affGStarProof } from '../proofs/aff-g-star.ts';
import { dec, decProof } from '../proofs/dec.ts';
import { elog, elogProof } from '../proofs/elog.ts';
import { encElg, encElgProof } from '../proofs/enc-elg.ts';
import { fac, facProof } from '../proofs/fac.ts';
import { mod, modProof } from '../proofs/mod.ts';
import { prm, prmProof } from '../proofs/prm.ts';
import type { ProofSystem, SigmaProtocol } from '../proofs/proof-system.ts';
import { type Mutation, mutations } from './mutations.ts';
import { testKey, testParameters, testRing } from './parameters.ts';

export const curve = curves.secp256k1;

/** One statement with proofs of it, whatever their types are. */
export interface ProofCase {
  readonly name: string;
  /** Makes a new proof. The functions of the result close over the type of the proof. */
  prove(transcript: Transcript): ProvenCase;
}

export interface ProvenCase {
  /** Whether this proof, decoded from its encoding, holds. */
  holds(transcript: Transcript): boolean;
  /** Yields the verdict of the verifier on each change of the statement, and of the proof. */
  verdicts(transcript: Transcript): Iterable<Mutation<() => boolean>>;
  /**
   * Tells for each change of the statement or the proof whether it changes the challenge. Undefined if the proof system
   * does not send its commitments.
   */
  challenged(transcript: Transcript): readonly Mutation<boolean>[] | undefined;
  readonly encoded: Uint8Array;
}

function proofCase<S, W, P>(
  name: string,
  system: ProofSystem<S, W, P> | SigmaProtocol<S, W, P>,
  layout: Codec<P>,
  statement: S,
  witness: W,
): ProofCase {
  return {
    name,
    prove(made) {
      const encoded = layout.encode(system.prove(made, statement, witness));
      const proof = layout.decode(encoded);
      return {
        encoded,
        holds: transcript => system.verify(transcript, statement, proof),
        *verdicts(transcript) {
          for (const { path, value } of mutations(curve, statement))
            yield { path: `statement: ${path}`, value: () => system.verify(transcript, value, proof) };
          for (const { path, value } of mutations(curve, proof))
            yield { path: `proof: ${path}`, value: () => system.verify(transcript, statement, value) };
        },
        challenged(transcript) {
          if (!('challenge' in system)) return undefined;
          const challenge = (s: S, p: P) => inspect(system.challenge(transcript, s, p), { maxArrayLength: null });
          const own = challenge(statement, proof);
          return [
            ...mutations(curve, statement).map(m => ({ path: m.path, value: challenge(m.value, proof) !== own })),
            ...mutations(curve, proof).map(m => ({ path: m.path, value: challenge(statement, m.value) !== own })),
          ];
        },
      };
    },
  };
}

const own = testKey(0);
const peer = testKey(2);
const ownRing = testRing(1);
const { ring } = testRing(3);

function encElgCase(): ProofCase {
  const [x, b, a] = [curve.randomScalar(), curve.randomScalar(), curve.randomScalar()];
  const rho = own.key.randomNonce();
  const A = curve.multiplyBase(a);
  const statement = {
    key: own.key,
    C: own.key.encrypt(x, rho),
    A,
    B: curve.multiplyBase(b),
    X: curve.addPoints(curve.multiply(A, b), curve.multiplyBase(x)),
    ring,
  };
  const layout = encElgProof(testParameters, curve);
  return proofCase('enc-elg', encElg(testParameters, curve), layout, statement, { x, rho, b });
}

/** A product, as Πaff-g and Πaff-g* prove it. */
function multiplied() {
  const x = curve.randomScalar();
  const y = randomWithin(1n << BigInt(testParameters.ellPrime));
  const [rho, rhoY] = [peer.key.randomNonce(), own.key.randomNonce()];
  const C = peer.key.encrypt(curve.randomScalar(), peer.key.randomNonce());
  const statement = {
    key0: peer.key,
    key1: own.key,
    C,
    D: peer.key.add(peer.key.multiply(C, x), peer.key.encrypt(y, rho)),
    Y: own.key.encrypt(y, rhoY),
    X: curve.multiplyBase(x),
  };
  return { statement, witness: { x, y, rho, rhoY } };
}

function affGCase(): ProofCase {
  const { statement, witness } = multiplied();
  const layout = affGProof(testParameters, curve);
  return proofCase('aff-g', affG(testParameters, curve), layout, { ...statement, ring }, witness);
}

function affGStarCase(): ProofCase {
  const { statement, witness } = multiplied();
  return proofCase('aff-g*', affGStar(testParameters, curve), affGStarProof(testParameters), statement, witness);
}

function decCase(): ProofCase {
  const x = curve.randomScalar();
  const y = randomWithin(1n << BigInt(testParameters.ellPrime + testParameters.epsilon));
  const [k, rho, rhoK] = [curve.randomScalar(), own.key.randomNonce(), own.key.randomNonce()];
  const K = own.key.encrypt(k, rhoK);
  const B = curve.multiplyBase(curve.randomScalar());
  const statement = {
    key: own.key,
    K,
    D: own.key.add(own.key.encrypt(y, rho), own.key.multiply(K, -x)),
    X: curve.multiplyBase(x),
    S: curve.multiply(B, curve.scalar(y)),
    B,
  };
  return proofCase('dec', dec(testParameters, curve), decProof(testParameters), statement, { x, y, rho });
}

function elogCase(): ProofCase {
  const [y, lambda] = [curve.randomScalar(), curve.randomScalar()];
  const [X, h] = [curve.multiplyBase(curve.randomScalar()), curve.multiplyBase(curve.randomScalar())];
  const statement = {
    L: curve.multiplyBase(lambda),
    M: curve.addPoints(curve.multiplyBase(y), curve.multiply(X, lambda)),
    X,
    Y: curve.multiply(h, y),
    h,
  };
  return proofCase('elog', elog(curve), elogProof(curve), statement, { y, lambda });
}

export const proofCases: readonly ProofCase[] = [
  proofCase('prm', prm(testParameters), prmProof(testParameters), { ring: ownRing.ring }, ownRing.witness()),
  proofCase('mod', mod(testParameters), modProof(testParameters), { n: own.n }, own.factors()),
  proofCase('fac', fac(testParameters), facProof(testParameters), { n: own.n, ring }, own.factors()),
  encElgCase(),
  affGCase(),
  elogCase(),
  decCase(),
  affGStarCase(),
];
