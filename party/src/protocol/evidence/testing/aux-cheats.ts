import type { Party } from '../../session/party.ts';
import type { PartyId } from '../../session/party-id.ts';
import type { Adversary } from '../../session/simulator.ts';
import { protocols } from '../../signing/cggmp24/agreement.ts';
import { auxInfo } from '../../signing/cggmp24/aux-info.ts';
import { type AuxInfoMessages, auxInfoMessages } from '../../signing/cggmp24/aux-info-messages.ts';
import type { SecretAuxiliary } from '../../signing/cggmp24/auxiliary.ts';
import { RingPedersenSecret } from '../../signing/cggmp24/paillier/ring-pedersen.ts';
import { testKey, testRing } from '../../signing/cggmp24/testing/parameters.ts';
import { simulateAuxInfo } from '../../signing/cggmp24/testing/simulations.ts';
import { noStatement } from '../statement.ts';
import { CHEAT, type Cheat, changing, type Ended, flip, shorter } from './cheats.ts';
import { identitiesOf, parameters, secretOf } from './material.ts';

export interface AuxInfoDeviations {
  /** The party that the adversary controls; party 2 by default. */
  readonly cheat?: PartyId;
  readonly adversary?: Adversary;
  readonly secret?: SecretAuxiliary;
  readonly as?: (party: Party<AuxInfoMessages>) => Party<AuxInfoMessages>;
}

/** Two parties make auxiliary information, and one of them cheats. */
export async function auxInfoWith({
  cheat = CHEAT,
  adversary,
  secret,
  as = party => party,
}: AuxInfoDeviations): Promise<Ended> {
  const simulated = await simulateAuxInfo(
    2,
    {
      signers: identitiesOf(1, 2),
      adversaries: new Map(adversary ? [[cheat, adversary]] : []),
      protocol: party => auxInfo(as(party), (party.me === CHEAT && secret) || secretOf(party.me), parameters),
    },
    { parameters, secretOf },
  );
  return { simulated, statement: noStatement };
}

const messages = auxInfoMessages(parameters);

const cheat = (check: string, what: string, deviations: AuxInfoDeviations): Cheat => ({
  protocol: protocols.auxInfo,
  check,
  what,
  run: () => auxInfoWith(deviations),
});

const ring = testRing(3);

export const auxCheats: readonly Cheat[] = [
  cheat('commitment', 'reveals something else than it has committed to', {
    adversary: changing(messages, 'reveal', reveal => ({ ...reveal, salt: flip(reveal.salt) })),
  }),
  cheat('parameters', 'has one modulus for two uses', { secret: { paillier: testKey(8), ring: testRing(8) } }),
  cheat('prm', 'has bases of which one is no power of the other', {
    secret: { paillier: testKey(2), ring: new RingPedersenSecret(ring.ring, 5n, ring.witness().order) },
  }),
  cheat('mod', 'does not prove its modulus', {
    adversary: changing(messages, 'prove', ({ mod, fac }) => ({ fac, mod: { ...mod, w: mod.w + 1n } })),
  }),
  cheat('fac', 'does not prove its factors', {
    adversary: changing(messages, 'prove', ({ mod, fac }) => ({ mod, fac: { ...fac, v: fac.v + 1n } })),
  }),
  cheat('result', 'confirms something else', { adversary: changing(messages, 'confirm', flip) }),
  cheat('encoding', 'says nothing to all', { adversary: shorter('reveal') }),
  cheat('encoding', 'says nothing to one', { adversary: shorter('prove') }),
  cheat('encoding', 'says nothing in its hello', {
    adversary: ({ type, payload }) => [type === 'hello' ? payload.subarray(0, -1) : payload],
  }),
];
