import type { PartyId } from '@mpc-operator/party/protocol/session/party-id';
import { type Primes, primesLayout } from '@mpc-operator/party/protocol/signing/cggmp24/auxiliary-record';
import { PaillierSecretKey } from '@mpc-operator/party/protocol/signing/cggmp24/paillier/paillier';
import { RingPedersen } from '@mpc-operator/party/protocol/signing/cggmp24/paillier/ring-pedersen';
import { cggmpParameters, type SecurityLevel } from '@mpc-operator/party/protocol/signing/cggmp24/parameters';
import type { Material } from '@mpc-operator/party/protocol/signing/cggmp24/testing/simulations';
import { makeSafePrimes } from '@mpc-operator/party/threads/safe-primes';

export interface NewMaterial extends Material {
  primesOf(party: PartyId): Primes;
}

/** Makes new primes for every party, which takes minutes. */
export async function makeMaterial(level: SecurityLevel, parties: number): Promise<NewMaterial> {
  const parameters = cggmpParameters[level];
  const make = async () => {
    using primes = await makeSafePrimes(parameters.primeBits, new AbortController().signal);
    return primesLayout(parameters).decode(primes.expose());
  };
  const made = await Promise.all(Array.from({ length: parties }, make));
  const secrets = made.map(({ p, q, ringP, ringQ }) => ({
    paillier: new PaillierSecretKey(p, q, parameters),
    ring: RingPedersen.generate(ringP, ringQ, parameters),
  }));
  return {
    parameters,
    secretOf: party => secrets[party - 1] ?? missing(party),
    primesOf: party => made[party - 1] ?? missing(party),
  };
}

function missing(party: PartyId): never {
  throw new RangeError(`no primes for party ${party}`);
}
