/**
 * Auxiliary information: every party makes a Paillier key and ring-Pedersen parameters, and proves both to every other
 * party. ePrint 2021/060 (2024), section 5.1, figure 7, without its refresh of shares: all protocols use a refresh of
 * our own (sharing/refresh.ts).
 */
import { randomBytes } from 'node:crypto';
import { enforce } from '../../session/checks.ts';
import { entry, type Party } from '../../session/party.ts';
import { AuxInfoView, auxInfoChecks } from './aux-info-checks.ts';
import { type AuxInfoMessages, HASH_BYTES, type Reveal } from './aux-info-messages.ts';
import type { Auxiliary, SecretAuxiliary } from './auxiliary.ts';
import type { CggmpParameters } from './parameters.ts';
import { fac } from './proofs/fac.ts';
import { mod } from './proofs/mod.ts';
import { prm } from './proofs/prm.ts';

/**
 * @param own made of primes whose moduli were never shown in another session, not even in one that failed: a party that
 * copies a modulus from there would otherwise look like its owner
 * @throws Misbehaviour naming each party that reveals what it did not commit to, or parameters that are unacceptable or
 * not proven
 */
export async function auxInfo(
  party: Party<AuxInfoMessages>,
  own: SecretAuxiliary,
  parameters: CggmpParameters,
): Promise<Auxiliary> {
  const { me, context } = party;
  const { ring } = own.ring;
  const view = new AuxInfoView(context, parameters, new Map([[me, { paillier: own.paillier.key, ring }]]));
  const checks = auxInfoChecks(view);
  const reveal: Reveal = {
    n: own.paillier.n,
    ringN: ring.modulus.value,
    s: ring.s,
    t: ring.t,
    prm: prm(parameters).prove(view.prmTranscript(me), { ring }, own.ring.witness()),
    rid: randomBytes(HASH_BYTES),
    salt: randomBytes(HASH_BYTES),
  };

  view.shown.keep('commit', await party.broadcast('commit', view.hashReveal(me, reveal)));

  const reveals = view.shown.keep('reveal', await party.broadcast('reveal', reveal));
  enforce(party, checks.commitment, reveals);
  enforce(party, checks.parameters, reveals);
  enforce(party, checks.prm, reveals);

  const factors = own.paillier.factors();
  const { n } = own.paillier;
  const ownMod = mod(parameters).prove(view.modTranscript(me), { n }, factors);
  const proofs = await party.exchange('prove', to => ({
    mod: ownMod,
    fac: fac(parameters).prove(view.facTranscript(me, to), { n, ring: entry(view.all, to).ring }, factors),
  }));
  enforce(party, checks.mod, proofs);
  enforce(party, checks.fac, proofs);

  // no party is done before all proofs have held for all parties
  const confirms = await party.broadcast('confirm', view.result(me));
  enforce(party, checks.result, confirms);
  return { paillier: own.paillier, all: view.all };
}
