import type { PartyId } from '../../session/party-id.ts';
import { taggedHash } from '../../session/transcript.ts';
import { PaillierKey, type PaillierSecretKey, parsePaillierModulus } from './paillier/paillier.ts';
import { RingPedersen, type RingPedersenSecret } from './paillier/ring-pedersen.ts';
import type { CggmpParameters } from './parameters.ts';

/** The values that a party publishes once, for all keys, and has proven to every peer. */
export interface PublicAuxiliary {
  readonly paillier: PaillierKey;
  readonly ring: RingPedersen;
}

/** The party's own auxiliary information, made of four safe primes that no other party ever learns. */
export interface SecretAuxiliary {
  readonly paillier: PaillierSecretKey;
  readonly ring: RingPedersenSecret;
}

/**
 * The auxiliary information of all parties of a cluster, as one party holds it. λ is left out: it has served its only
 * purpose, which is to be proven.
 */
export interface Auxiliary {
  readonly paillier: PaillierSecretKey;
  /**
   * The public values of all parties. The party's own values hold the factors, so that computing with them is faster.
   */
  readonly all: ReadonlyMap<PartyId, PublicAuxiliary>;
}

/**
 * Returns what a party has published, checked as far as is possible without a proof.
 * @throws RangeError naming the fault
 */
export const publicAuxiliary = (
  { n, ringN, s, t }: { readonly n: bigint; readonly ringN: bigint; readonly s: bigint; readonly t: bigint },
  parameters: CggmpParameters,
): PublicAuxiliary => ({
  paillier: PaillierKey.of(parsePaillierModulus(n, parameters)),
  ring: RingPedersen.parse(ringN, s, t, parameters),
});

/**
 * Returns the hash of the auxiliary information of all parties of one generation. 32 bytes. A session that uses the
 * generation names this hash in its context, so that all parties mean the same generation and evidence about the
 * session is bound to it.
 */
export const auxiliaryHash = (all: ReadonlyMap<PartyId, PublicAuxiliary>): Uint8Array =>
  taggedHash(
    'mpc/v1/cggmp24/auxiliary',
    ...[...all]
      .sort(([a], [b]) => a - b)
      .map(([id, { paillier, ring }]) => [id, paillier.modulus, ring.modulus.value, ring.s, ring.t]),
  );
