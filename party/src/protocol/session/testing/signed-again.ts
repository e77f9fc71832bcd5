import { openSigned, signMessage } from '../envelope.ts';
import type { PartyId } from '../party-id.ts';
import type { Signer } from '../signer.ts';
import type { Adversary } from '../simulator.ts';
import { viewLayout } from '../view.ts';

/**
 * Returns an adversary whose view of a round shows its own message signed a second time, under another sequence number.
 */
export function showingAgain(round: string, me: PartyId, signer: Signer, parties: readonly PartyId[]): Adversary {
  const layout = viewLayout(parties.length);
  let said = new Uint8Array();
  return async ({ round: at, type, payload }) => {
    if (at !== round) return [payload];
    if (type !== 'view') {
      said = Uint8Array.from(payload);
      return [payload];
    }
    const entries = layout.decode(payload);
    const position = parties.indexOf(me);
    const own = entries[position];
    const header = own && openSigned(signer.publicKey, { from: me, ...own });
    if (header === undefined) throw new RangeError('a view without an own message');
    const again = await signMessage(signer, { ...header, sequence: header.sequence + 1000 }, said);
    return [layout.encode(entries.with(position, again))];
  };
}
