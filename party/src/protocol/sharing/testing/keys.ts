import type { CurveName } from '../../curve/curve.ts';
import type { PartyId } from '../../session/party-id.ts';
import { results, type Simulated, type Simulation, simulate } from '../../session/simulator.ts';
import { type KeygenMessages, type KeygenParameters, keygen, keygenMessages, type NewKey } from '../keygen.ts';
import { type RefreshMessages, refresh, refreshMessages } from '../refresh.ts';
import { type KeyShare, sharingHash } from '../sharing.ts';

type Changes<M extends KeygenMessages | RefreshMessages, T> = Partial<Simulation<M, T>>;

/** Runs a keygen of these parties in a simulation. */
export const simulateKeygen = (
  parameters: KeygenParameters,
  parties: number | readonly PartyId[],
  changes: Changes<KeygenMessages, NewKey> = {},
): Promise<Simulated<NewKey>> =>
  simulate({
    parties,
    threshold: parameters.threshold,
    messages: keygenMessages(parameters),
    protocol: party => keygen(party, parameters),
    ...changes,
  });

/** Makes a key of these parties by keygen, and returns the shares. */
export async function makeShares(
  curve: CurveName,
  threshold: number,
  parties: number | readonly PartyId[],
): Promise<readonly KeyShare[]> {
  const outcomes = results(await simulateKeygen({ curve, threshold }, parties));
  return [...outcomes.values()].map(({ result }) => result.share);
}

/** Runs a refresh of these shares in a simulation. */
export function simulateRefresh(
  shares: readonly KeyShare[],
  changes: Changes<RefreshMessages, KeyShare> = {},
): Promise<Simulated<KeyShare>> {
  const [first] = shares;
  if (first === undefined) throw new RangeError('no shares');
  return simulate({
    parties: first.sharing.parties,
    threshold: first.sharing.threshold,
    messages: refreshMessages(first.sharing),
    parameters: { extras: { sharing: sharingHash(first.sharing) } },
    protocol: party => {
      const own = shares.find(share => share.party === party.me);
      if (own === undefined) throw new RangeError(`no share of party ${party.me}`);
      return refresh(party, own);
    },
    ...changes,
  });
}

/** Refreshes these shares, and returns the new ones. */
export async function refreshShares(shares: readonly KeyShare[]): Promise<readonly KeyShare[]> {
  return [...results(await simulateRefresh(shares)).values()].map(({ result }) => result);
}
