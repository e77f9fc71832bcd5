import { createHash } from 'node:crypto';
import { curves, type Scalar } from '../../../curve/curve.ts';
import type { PartyId } from '../../../session/errors.ts';
import type { Party } from '../../../session/party.ts';
import { results, type Simulated, type Simulation, simulate } from '../../../session/simulator.ts';
import { groupKey, type KeyShare, sharingHash } from '../../../sharing/sharing.ts';
import { untweaked } from '../../signing-key.ts';
import { type AuxInfoMessages, auxInfo, auxInfoMessages } from '../aux-info.ts';
import type { Auxiliary } from '../auxiliary.ts';
import { type InteractiveMessages, interactiveMessages, signInteractively } from '../interactive.ts';
import { fromBytes } from '../paillier/integers.ts';
import type { EcdsaSignature } from '../partial-signature.ts';
import { testKey, testParameters, testRing } from './parameters.ts';

/** Auxiliary information of these parties in a simulation; party i has the test keys 2i - 2 and 2i - 1. */
export const simulateAuxInfo = (
  parties: number,
  changes: Partial<Simulation<AuxInfoMessages, Auxiliary>> = {},
): Promise<Simulated<Auxiliary>> =>
  simulate({
    parties,
    messages: auxInfoMessages(testParameters),
    protocol: party =>
      auxInfo(party, { paillier: testKey(2 * party.me - 2), ring: testRing(2 * party.me - 1) }, testParameters),
    ...changes,
  });

export async function makeAuxiliary(parties: number): Promise<ReadonlyMap<PartyId, Auxiliary>> {
  return new Map([...results(await simulateAuxInfo(parties))].map(([id, { result }]) => [id, result]));
}

/** SHA-256 as an integer modulo the order of secp256k1. */
export const digestOf = (message: Uint8Array): Scalar =>
  curves.secp256k1.scalar(fromBytes(createHash('sha256').update(message).digest()));

export interface Signing {
  readonly shares: readonly KeyShare[];
  readonly auxiliary: ReadonlyMap<PartyId, Auxiliary>;
  readonly signers: readonly PartyId[];
  readonly m: Scalar;
}

/** One signature by these signers in a simulation; `as` makes cheats of parties. */
export function simulateSigning(
  { shares, auxiliary, signers, m }: Signing,
  changes: Partial<Simulation<InteractiveMessages, EcdsaSignature>> = {},
  as: (party: Party<InteractiveMessages>) => Party<InteractiveMessages> = party => party,
): Promise<Simulated<EcdsaSignature>> {
  const [first] = shares;
  if (first === undefined) throw new RangeError('no shares');
  const { sharing } = first;
  const curve = curves[sharing.curve];
  return simulate({
    parties: signers,
    threshold: sharing.threshold,
    messages: interactiveMessages(testParameters, curve, signers.length),
    parameters: { extras: { sharing: sharingHash(sharing), m: curve.encodeScalar(m) } },
    protocol: party => {
      const share = shares.find(({ party: id }) => id === party.me);
      const own = auxiliary.get(party.me);
      if (share === undefined || own === undefined) throw new RangeError(`party ${party.me} has nothing to sign with`);
      const key = untweaked(curve, groupKey(sharing));
      return signInteractively(as(party), { parameters: testParameters, auxiliary: own, share, key }, m);
    },
    ...changes,
  });
}
