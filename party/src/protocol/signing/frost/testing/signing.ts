import { type Simulated, type Simulation, simulate } from '../../../session/simulator.ts';
import type { KeyShare } from '../../../sharing/sharing.ts';
import type { FrostPurpose } from '../../scheme.ts';
import { frost } from '../frost.ts';
import type { FrostMessages } from '../messages.ts';

/** Simulates the signing of a message by the holders of these shares. */
export function simulateSigning(
  purpose: FrostPurpose,
  shares: readonly KeyShare[],
  message: Uint8Array,
  changes: Partial<Simulation<FrostMessages, Uint8Array>> = {},
): Promise<Simulated<Uint8Array>> {
  const protocol = frost(purpose);
  const [first] = shares;
  if (first === undefined) throw new RangeError('no shares');
  return simulate({
    parties: shares.map(({ party }) => party),
    messages: protocol.messages,
    parameters: protocol.agreement(first.sharing, message),
    protocol: party => protocol.sign(party, shareOf(shares, party.me), message),
    ...changes,
  });
}

export function shareOf(shares: readonly KeyShare[], party: number): KeyShare {
  const share = shares.find(candidate => candidate.party === party);
  if (share === undefined) throw new RangeError(`no share of party ${party}`);
  return share;
}
