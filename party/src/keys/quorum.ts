/** The parties that sign with a key together, as one of them names them. */
import type { KeySpec } from '@mpc-operator/crds/control';
import type { PartyId } from '../protocol/session/party-id.ts';

/** Why these parties cannot sign with a key at the invitation of `leader`; undefined: they can. */
export function whyNotTogether(
  { threshold, parties }: Pick<KeySpec, 'threshold' | 'parties'>,
  signers: readonly PartyId[],
  { me, leader }: { readonly me: PartyId; readonly leader: PartyId },
): string | undefined {
  const different = new Set(signers).size;
  if (signers.length !== threshold || different !== threshold || signers.some(s => !parties.includes(s)))
    return 'the signers are not a quorum of the key';
  return signers.includes(me) && signers.includes(leader) ? undefined : 'the signers do not include leader and invited';
}
