import { type Curve, curves } from '../../../curve/curve.ts';
import type { Party } from '../../../session/party.ts';
import type { PartyId } from '../../../session/party-id.ts';
import { results, type Simulated, type Simulation, simulate } from '../../../session/simulator.ts';
import { groupKey, type KeyShare, type Sharing } from '../../../sharing/sharing.ts';
import type { DataToSign, Prehashed } from '../../data-to-sign.ts';
import type { EcdsaSignature } from '../../ecdsa.ts';
import { untweaked } from '../../signing-key.ts';
import {
  auxInfoAgreement,
  interactiveAgreement,
  offlineAgreement,
  onlineAgreement,
  presignTerms,
} from '../agreement.ts';
import { auxInfo } from '../aux-info.ts';
import { type AuxInfoMessages, auxInfoMessages } from '../aux-info-messages.ts';
import type { Auxiliary, SecretAuxiliary } from '../auxiliary.ts';
import { type InteractiveMessages, interactiveMessages, signInteractively } from '../interactive.ts';
import { type OfflineMessages, offlineMessages, presignForLater } from '../offline.ts';
import { type OnlineInput, signOnline } from '../online.ts';
import { type OnlineMessages, onlineMessages } from '../online-messages.ts';
import type { CggmpParameters } from '../parameters.ts';
import { type PresignInput, presignFacts } from '../presign-steps.ts';
import type { Presignature, PresignatureTerms } from '../presignature.ts';
import { testKey, testParameters, testRing } from './parameters.ts';

/** The parameters, and each party's own auxiliary information. */
export interface Material {
  readonly parameters: CggmpParameters;
  readonly secretOf: (party: PartyId) => SecretAuxiliary;
}

/** Party i has the test keys 2i - 2 and 2i - 1. */
const testMaterial: Material = {
  parameters: testParameters,
  secretOf: party => ({ paillier: testKey(2 * party - 2), ring: testRing(2 * party - 1) }),
};

/** Simulates the generation of auxiliary information by these parties. */
export const simulateAuxInfo = (
  parties: number,
  changes: Partial<Simulation<AuxInfoMessages, Auxiliary>> = {},
  { parameters, secretOf }: Material = testMaterial,
): Promise<Simulated<Auxiliary>> =>
  simulate({
    parties,
    messages: auxInfoMessages(parameters),
    parameters: auxInfoAgreement(parameters.level),
    protocol: party => auxInfo(party, secretOf(party.me), parameters),
    ...changes,
  });

export async function makeAuxiliary(
  parties: number,
  material: Material = testMaterial,
): Promise<ReadonlyMap<PartyId, Auxiliary>> {
  const simulated = await simulateAuxInfo(parties, {}, material);
  return new Map([...results(simulated)].map(([id, { result }]) => [id, result]));
}

export interface Signing {
  readonly shares: readonly KeyShare[];
  readonly auxiliary: ReadonlyMap<PartyId, Auxiliary>;
  readonly signers: readonly PartyId[];
  readonly data: DataToSign | Prehashed;
  /** Undefined: the parameters of tests. */
  readonly parameters?: CggmpParameters;
}

function sharingOf([first]: readonly KeyShare[]): { readonly sharing: Sharing; readonly curve: Curve } {
  if (first === undefined) throw new RangeError('no shares');
  return { sharing: first.sharing, curve: curves[first.sharing.curve] };
}

export function presignInput(
  party: PartyId,
  { shares, auxiliary, parameters = testParameters }: Omit<Signing, 'data'>,
): PresignInput {
  const share = shares.find(({ party: id }) => id === party) ?? missing(party);
  const key = untweaked(curves[share.sharing.curve], groupKey(share.sharing));
  return { parameters, auxiliary: auxiliary.get(party) ?? missing(party), share, key };
}

/** Simulates one signature by these signers. `as` turns parties into cheats. */
export function simulateSigning(
  signing: Signing,
  changes: Partial<Simulation<InteractiveMessages, EcdsaSignature>> = {},
  as: (party: Party<InteractiveMessages>) => Party<InteractiveMessages> = party => party,
): Promise<Simulated<EcdsaSignature>> {
  const { shares, signers, data, parameters = testParameters } = signing;
  const { sharing, curve } = sharingOf(shares);
  return simulate({
    parties: signers,
    threshold: sharing.threshold,
    messages: interactiveMessages(parameters, curve, signers.length),
    parameters: interactiveAgreement(presignTerms(presignFacts(presignInput(sharing.parties[0] ?? 0, signing))), data),
    protocol: party => signInteractively(as(party), presignInput(party.me, signing), data),
    ...changes,
  });
}

/** Simulates one presignature of these signers. `as` turns parties into cheats. */
export function simulateOffline(
  signing: Omit<Signing, 'data'>,
  changes: Partial<Simulation<OfflineMessages, Presignature>> = {},
  as: (party: Party<OfflineMessages>) => Party<OfflineMessages> = party => party,
): Promise<Simulated<Presignature>> {
  const { shares, signers, parameters = testParameters } = signing;
  const { sharing, curve } = sharingOf(shares);
  return simulate({
    parties: signers,
    threshold: sharing.threshold,
    messages: offlineMessages(parameters, curve, signers.length),
    parameters: offlineAgreement(presignTerms(presignFacts(presignInput(sharing.parties[0] ?? 0, signing)))),
    protocol: party => presignForLater(as(party), presignInput(party.me, signing)),
    ...changes,
  });
}

/** Returns each signer's part of a simulated presignature. */
export async function makePresignature(signing: Omit<Signing, 'data'>): Promise<ReadonlyMap<PartyId, Presignature>> {
  return new Map([...results(await simulateOffline(signing))].map(([id, { result }]) => [id, result]));
}

/** Simulates a signature from a presignature. */
export const simulateOnline = (
  presignatures: ReadonlyMap<PartyId, Presignature>,
  input: OnlineInput,
  changes: Partial<Simulation<OnlineMessages, EcdsaSignature>> = {},
): Promise<Simulated<EcdsaSignature>> =>
  simulate({
    parties: [...presignatures.keys()],
    threshold: 2,
    messages: onlineMessages(curves[input.curve]),
    parameters: onlineAgreement(testParameters.level, 2, termsOf(presignatures), input),
    protocol: party => signOnline(party, presignatures.get(party.me) ?? missing(party.me), input),
    ...changes,
  });

function termsOf(presignatures: ReadonlyMap<PartyId, Presignature>): PresignatureTerms {
  const [first] = presignatures.values();
  if (first === undefined) throw new RangeError('no presignature');
  return first.terms;
}

function missing(party: PartyId): never {
  throw new RangeError(`party ${party} has nothing to sign with`);
}
