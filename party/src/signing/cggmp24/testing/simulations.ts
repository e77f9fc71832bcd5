import { curves } from '../../../curve/curve.ts';
import type { PartyId } from '../../../session/errors.ts';
import type { Party } from '../../../session/party.ts';
import { results, type Simulated, type Simulation, simulate } from '../../../session/simulator.ts';
import { groupKey, type KeyShare, sharingHash } from '../../../sharing/sharing.ts';
import type { DataToSign, Prehashed } from '../../data-to-sign.ts';
import type { EcdsaSignature } from '../../ecdsa.ts';
import { untweaked } from '../../signing-key.ts';
import { type AuxInfoMessages, auxInfo, auxInfoMessages } from '../aux-info.ts';
import type { Auxiliary } from '../auxiliary.ts';
import { type InteractiveMessages, interactiveMessages, signInteractively } from '../interactive.ts';
import { type OfflineMessages, offlineMessages, presignForLater } from '../offline.ts';
import { type OnlineInput, type OnlineMessages, onlineMessages, signOnline } from '../online.ts';
import type { PresignInput } from '../presign-steps.ts';
import type { Presignature } from '../presignature.ts';
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

export interface Signing {
  readonly shares: readonly KeyShare[];
  readonly auxiliary: ReadonlyMap<PartyId, Auxiliary>;
  readonly signers: readonly PartyId[];
  readonly data: DataToSign | Prehashed;
}

function presignInput(
  party: PartyId,
  shares: readonly KeyShare[],
  auxiliary: ReadonlyMap<PartyId, Auxiliary>,
): PresignInput {
  const share = shares.find(({ party: id }) => id === party) ?? missing(party);
  const key = untweaked(curves[share.sharing.curve], groupKey(share.sharing));
  return { parameters: testParameters, auxiliary: auxiliary.get(party) ?? missing(party), share, key };
}

/** One signature by these signers in a simulation; `as` makes cheats of parties. */
export function simulateSigning(
  { shares, auxiliary, signers, data }: Signing,
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
    parameters: { extras: { sharing: sharingHash(sharing), digest: data.digest } },
    protocol: party => signInteractively(as(party), presignInput(party.me, shares, auxiliary), data),
    ...changes,
  });
}

/** A presignature of these signers in a simulation, each with its own part. */
export async function makePresignature(
  { shares, auxiliary, signers }: Omit<Signing, 'data'>,
  changes: Partial<Simulation<OfflineMessages, Presignature>> = {},
): Promise<ReadonlyMap<PartyId, Presignature>> {
  const [first] = shares;
  if (first === undefined) throw new RangeError('no shares');
  const { sharing } = first;
  const curve = curves[sharing.curve];
  const simulated = await simulate({
    parties: signers,
    threshold: sharing.threshold,
    messages: offlineMessages(testParameters, curve, signers.length),
    parameters: { extras: { sharing: sharingHash(sharing) } },
    protocol: party => presignForLater(party, presignInput(party.me, shares, auxiliary)),
    ...changes,
  });
  return new Map([...results(simulated)].map(([id, { result }]) => [id, result]));
}

/** A signature from a presignature, in a simulation. */
export const simulateOnline = (
  presignatures: ReadonlyMap<PartyId, Presignature>,
  input: OnlineInput,
  changes: Partial<Simulation<OnlineMessages, EcdsaSignature>> = {},
): Promise<Simulated<EcdsaSignature>> =>
  simulate({
    parties: [...presignatures.keys()],
    threshold: 2,
    messages: onlineMessages(curves[input.curve]),
    parameters: { extras: { digest: input.data.digest } },
    protocol: party => signOnline(party, presignatures.get(party.me) ?? missing(party.me), input),
    ...changes,
  });

function missing(party: PartyId): never {
  throw new RangeError(`party ${party} has nothing to sign with`);
}
