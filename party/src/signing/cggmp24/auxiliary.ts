import type { PartyId } from '../../session/errors.ts';
import { taggedHash } from '../../session/transcript.ts';
import type { PaillierKey, PaillierSecretKey } from './paillier/paillier.ts';
import type { RingPedersen, RingPedersenSecret } from './paillier/ring-pedersen.ts';

/** What a party publishes once and for all keys, and has proven to every peer. */
export interface PublicAuxiliary {
  readonly paillier: PaillierKey;
  readonly ring: RingPedersen;
}

/** One's own, of four safe primes that nobody else ever learns. */
export interface SecretAuxiliary {
  readonly paillier: PaillierSecretKey;
  readonly ring: RingPedersenSecret;
}

/** The auxiliary information of a party's cluster, as this party has it. λ has served its only purpose, which is to be proven. */
export interface Auxiliary {
  readonly paillier: PaillierSecretKey;
  /** Of all parties; one's own with the factors inside, so that computing with it is faster. */
  readonly all: ReadonlyMap<PartyId, PublicAuxiliary>;
}

/** @throws RangeError for a party that has shown none */
export function auxiliaryOf({ all }: Auxiliary, party: PartyId): PublicAuxiliary {
  const found = all.get(party);
  if (found === undefined) throw new RangeError(`there is no auxiliary information of party ${party}`);
  return found;
}

/**
 * Of all parties of a generation: what a session that uses it names in its context, so that all mean the same, and what evidence about
 * the session is bound to. 32 bytes.
 */
export const auxiliaryHash = (all: ReadonlyMap<PartyId, PublicAuxiliary>): Uint8Array =>
  taggedHash(
    'mpc/v1/cggmp24/auxiliary',
    ...[...all]
      .sort(([a], [b]) => a - b)
      .map(([id, { paillier, ring }]) => [id, paillier.modulus, ring.modulus.value, ring.s, ring.t]),
  );
