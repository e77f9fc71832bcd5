import { bytes, bytesUpTo, uint } from '../codec.ts';
import { direct, echo, plain } from '../messages.ts';
import type { Party } from '../party.ts';
import type { PartyId } from '../party-id.ts';
import { type Adversary, type Simulated, type Simulation, simulate } from '../simulator.ts';
import { taggedHash } from '../transcript.ts';

/** A protocol with a round of each kind and a check on each. */
export const toyMessages = { note: echo(bytesUpTo(8)), whisper: direct(bytes(32)), sum: plain(uint(4)) };
export type ToyMessages = typeof toyMessages;

/** The message that `from` whispers to `to`. */
export const whisperOf = (from: PartyId, to: PartyId): Uint8Array => taggedHash('test/whisper', from, to);

export async function toy(party: Party<ToyMessages>): Promise<number> {
  const notes = await party.broadcast('note', Uint8Array.of(party.me));
  party.check('own number', 'note', notes, (from, note) => note[0] === from);
  const whispers = await party.exchange('whisper', to => whisperOf(party.me, to));
  party.check('whisper', 'whisper', whispers, (from, whisper, to) => Buffer.from(whisper).equals(whisperOf(from, to)));
  const sum = party.parties.reduce((total, id) => total + id, 0);
  const sums = await party.broadcast('sum', sum);
  party.check('sum', 'sum', sums, (_, theirs) => theirs === sum);
  return sum;
}

export const simulateToy = (changes: Partial<Simulation<ToyMessages, number>> = {}): Promise<Simulated<number>> =>
  simulate({ parties: 3, messages: toyMessages, protocol: toy, ...changes });

/** The changes to a simulation by which party `id` cheats. */
export const cheating = (id: PartyId, adversary: Adversary): Partial<Simulation<ToyMessages, number>> => ({
  adversaries: new Map([[id, adversary]]),
});
