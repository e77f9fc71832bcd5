/**
 * Auxiliary information as a party keeps it: its own factors, and the values that all parties have published. The
 * record is only ever written sealed.
 */
import { type Layout, listUpTo, struct, uint } from '../../session/codec.ts';
import { MAX_PARTY } from '../../session/context.ts';
import { entry } from '../../session/party.ts';
import type { PartyId } from '../../session/party-id.ts';
import { type Auxiliary, publicAuxiliary } from './auxiliary.ts';
import { natural } from './paillier/integers.ts';
import { PaillierSecretKey } from './paillier/paillier.ts';
import { RingPedersen } from './paillier/ring-pedersen.ts';
import type { CggmpParameters } from './parameters.ts';

/** Four safe primes: two for a Paillier key, two for ring-Pedersen parameters. */
export interface Primes {
  readonly p: bigint;
  readonly q: bigint;
  readonly ringP: bigint;
  readonly ringQ: bigint;
}

interface Values {
  readonly party: PartyId;
  readonly n: bigint;
  readonly ringN: bigint;
  readonly s: bigint;
  readonly t: bigint;
}

export const primesLayout = ({ primeBits }: Pick<CggmpParameters, 'primeBits'>): Layout<Primes> => {
  const prime = natural(primeBits);
  return struct<Primes>({ p: prime, q: prime, ringP: prime, ringQ: prime });
};

const record = (parameters: CggmpParameters) => {
  const modulus = natural(2 * parameters.primeBits);
  return struct<{ own: Primes; all: readonly Values[] }>({
    own: primesLayout(parameters),
    all: listUpTo(struct<Values>({ party: uint(1), n: modulus, ringN: modulus, s: modulus, t: modulus }), MAX_PARTY),
  });
};

/** @param own the primes that the auxiliary information was made of */
export function encodeAuxiliary({ all }: Auxiliary, own: Primes, parameters: CggmpParameters): Uint8Array {
  const values = [...all].map(([party, { paillier, ring }]) => ({
    party,
    n: paillier.modulus,
    ringN: ring.modulus.value,
    s: ring.s,
    t: ring.t,
  }));
  return record(parameters).encode({ own, all: values });
}

/**
 * Decodes a record. The proofs, which held when the auxiliary information was made, are not checked again; the form of
 * each modulus is.
 * @throws EncodingError, RangeError if the bytes are no record of this party
 */
export function decodeAuxiliary(bytes: Uint8Array, me: PartyId, parameters: CggmpParameters): Auxiliary {
  const { own, all } = record(parameters).decode(bytes);
  const paillier = new PaillierSecretKey(own.p, own.q, parameters);
  const values = new Map(all.map(value => [value.party, value]));
  const { s, t } = entry(values, me);
  const mine = { paillier: paillier.key, ring: RingPedersen.restore(own.ringP, own.ringQ, s, t, parameters) };
  return {
    paillier,
    all: new Map(
      [...values].map(([party, value]) => [party, party === me ? mine : publicAuxiliary(value, parameters)]),
    ),
  };
}
