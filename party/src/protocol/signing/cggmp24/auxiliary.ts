import type { PartyId } from '../../session/party-id.ts';
import { taggedHash } from '../../session/transcript.ts';
import { PaillierKey, type PaillierSecretKey, parsePaillierModulus } from './paillier/paillier.ts';
import { RingPedersen, type RingPedersenSecret } from './paillier/ring-pedersen.ts';
import type { CggmpParameters } from './parameters.ts';

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

/** What a party has published, as far as it can be told by looking at it. @throws RangeError naming the fault */
export const publicAuxiliary = (
  { n, ringN, s, t }: { readonly n: bigint; readonly ringN: bigint; readonly s: bigint; readonly t: bigint },
  parameters: CggmpParameters,
): PublicAuxiliary => ({
  paillier: PaillierKey.of(parsePaillierModulus(n, parameters)),
  ring: RingPedersen.parse(ringN, s, t, parameters),
});

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
