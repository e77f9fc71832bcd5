/** Sessions of which one party says something extreme, for the protocols whose checks cannot be made outside. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Codec, Messages } from '../session/messages.ts';
import type { Party } from '../session/party.ts';
import type { PartyId } from '../session/party-id.ts';
import type { Adversary, Simulated } from '../session/simulator.ts';
import { assertNobodyElse } from '../session/testing/outcomes.ts';
import { extremesOf } from './extremes.ts';

const CHEAT = 2;
const HONEST = [1, 3];

/** What the parties say in each round when all are honest, as party 1 hears it. */
type Said = Map<string, ReadonlyMap<PartyId, unknown>>;

/**
 * Tests that the parties of a session blame nobody but party 2 for anything that party 2 may say, in any round.
 * @param run runs a session of parties 1 to 3; `as` wraps each party
 */
export async function testExtremes<M extends Messages>(
  name: string,
  messages: M,
  numbers: readonly bigint[],
  run: (adversaries: ReadonlyMap<PartyId, Adversary>, as: (party: Party<M>) => Party<M>) => Promise<Simulated<unknown>>,
): Promise<void> {
  const said: Said = new Map();
  await run(new Map(), party => (party.me === 1 ? listening(party, said) : party));
  for (const [round, { codec }] of Object.entries(messages)) {
    const heard = said.get(round) ?? new Map<PartyId, unknown>();
    const { accepted } = extremesOf(codec, heard.get(CHEAT), heard.get(3), numbers);
    test(`A5: ${name}: whatever one says in ${round}, no other is named, nor fails by itself`, async () => {
      let named = false;
      for (const { path, change } of accepted) {
        const simulated = await run(new Map([[CHEAT, saying(round, codec, change)]]), party => party);
        named = assertNobodyElse(simulated, CHEAT, HONEST, `${name}: ${round}: ${path}`) || named;
      }
      assert.ok(named, `${accepted.length} messages`);
    });
  }
}

const saying =
  (round: string, codec: Codec<unknown>, change: (message: unknown) => unknown): Adversary =>
  message => {
    if (message.type !== 'data' || message.round !== round) return [message.payload];
    const honest = codec.decode(message.payload);
    return [codec.encode(change(honest) ?? honest)];
  };

const listening = <M>(party: Party<M>, said: Said): Party<M> => ({
  ...{ me: party.me, parties: party.parties, others: party.others, context: party.context },
  check: party.check.bind(party),
  async broadcast(round, message) {
    const received = await party.broadcast(round, message);
    said.set(round, received);
    return received;
  },
  async exchange(round, make) {
    const received = await party.exchange(round, make);
    said.set(round, received);
    return received;
  },
});
