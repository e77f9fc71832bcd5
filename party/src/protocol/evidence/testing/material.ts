/** One key and one generation of auxiliary information, of three parties with identities, for all tests of cheats. */
import { curves } from '../../curve/curve.ts';
import { Identity } from '../../identity/identity.ts';
import type { PartyId } from '../../session/party-id.ts';
import { groupKey } from '../../sharing/sharing.ts';
import { makeShares } from '../../sharing/testing/keys.ts';
import type { SecretAuxiliary } from '../../signing/cggmp24/auxiliary.ts';
import type { CggmpParameters } from '../../signing/cggmp24/parameters.ts';
import { presignFacts } from '../../signing/cggmp24/presign-steps.ts';
import { testKey, testParameters, testRing } from '../../signing/cggmp24/testing/parameters.ts';
import { makeAuxiliary, presignInput } from '../../signing/cggmp24/testing/simulations.ts';
import { DataToSign } from '../../signing/data-to-sign.ts';
import { derive } from '../../signing/hd.ts';
import { presigningStatement } from '../statement.ts';

export const curve = curves.secp256k1;
/**
 * Fewer repetitions than in other tests: proofs to all parties are slow, and a false proof still holds only once in
 * 2^16.
 */
export const parameters: CggmpParameters = { ...testParameters, challengeBits: 16 };
export const levels = { 112: parameters, 128: parameters } as const;

export const identities: ReadonlyMap<PartyId, Identity> = new Map([1, 2, 3].map(id => [id, Identity.create()]));
export const fingerprints: ReadonlyMap<PartyId, string> = new Map(
  [...identities].map(([id, identity]) => [id, identity.fingerprint]),
);
export const identitiesOf = (...parties: readonly PartyId[]): ReadonlyMap<PartyId, Identity> =>
  new Map([...identities].filter(([id]) => parties.includes(id)));

export function identityOf(party: PartyId): Identity {
  const identity = identities.get(party);
  if (identity === undefined) throw new RangeError(`there is no party ${party}`);
  return identity;
}

/** The secrets that each party brings to auxiliary information. */
export const secrets: ReadonlyMap<PartyId, SecretAuxiliary> = new Map(
  [1, 2, 3].map(id => [id, { paillier: testKey(2 * id - 2), ring: testRing(2 * id - 1) }]),
);

export function secretOf(party: PartyId): SecretAuxiliary {
  const secret = secrets.get(party);
  if (secret === undefined) throw new RangeError(`there is no party ${party}`);
  return secret;
}

export const shares = await makeShares('secp256k1', 2, 3);
export const auxiliary = await makeAuxiliary(3, { parameters, secretOf });
export const data = DataToSign.of(Buffer.from('a payment'), 'sha256');
export const signing = { shares, auxiliary, data, signers: [1, 2], parameters };

const facts = presignFacts(presignInput(1, signing));
export const presigning = presigningStatement(facts);
/** The key that signs online: a child of the shared key. */
export const child = derive('secp256k1', groupKey(facts.sharing), new Uint8Array(32).fill(7), [0, 7]).key;
