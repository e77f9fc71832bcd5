/**
 * Row A5 of the attack list: every check has an answer, whatever a party has sent. A check that ended with an error
 * would end the session, and the party would go unnamed.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Check } from '../session/checks.ts';
import { tryDecode } from '../session/codec.ts';
import { entry } from '../session/party.ts';
import { testKey } from '../signing/cggmp24/testing/parameters.ts';
import { type Extreme, extremesOf } from '../testing/extremes.ts';
import { CHEAT } from './testing/cheats.ts';
import { curve } from './testing/material.ts';
import { type Recorded, recordings } from './testing/recorded.ts';

/** The number of messages of each round that are tried with several extremes, chosen at random. */
const RUNS = Number(process.env.EXTREME_RUNS ?? 6);
/** The number of extremes of numbers up to which each is tried: rounds with few numbers modulo N have fewer. */
const FEW = Number(process.env.EXTREME_RUNS ?? 40);

/** The numbers around which arithmetic is not what it is elsewhere: modulo the order, a modulus N, and N². */
const numbers: readonly bigint[] = [
  ...[0n, 1n, -1n, 2n, curve.order - 1n, curve.order, curve.order + 1n],
  ...[0, 1, 2, 3].flatMap(key => {
    const { p, q } = testKey(key).factors();
    const n = p * q;
    return [n - 1n, n, n + 1n, p, n * n - 1n, n * n, n * n + 1n, n * n - p];
  }),
];

/** How many messages were tried: the views take turns. */
let turn = 0;

/**
 * Makes every check in which the message of the cheat has a part, of the cheat and of the other party.
 * @returns the names of the checks
 */
function tryChecks(
  { what, messages, said, views }: Recorded,
  round: string,
  path: string,
  changed: unknown,
): readonly string[] {
  const heard = new Map([...said].map(([name, received]) => [name, new Map(received)]));
  heard.get(round)?.set(CHEAT, changed);
  const { checks, shown } = views().at(turn++ % 2) ?? assert.fail();
  for (const [name, received] of heard) if (messages[name]?.kind === 'echo') shown.keep(name, received);
  const made = checks.filter(check => partiesOf(check, round).length > 0);
  for (const check of made) {
    for (const from of partiesOf(check, round)) {
      const message = heard.get(check.round)?.get(from);
      const label = `${what}: ${round}: ${path}: ${check.name} of party ${from}`;
      assertAnswer(label, () => check.holds(from, message, from === CHEAT ? 1 : CHEAT));
    }
  }
  return made.map(({ name }) => name);
}

/** The parties about which a check may say something else if the cheat says something else in the round. */
function partiesOf({ round: checked, given }: Check, round: string): readonly number[] {
  if (given.includes(round)) return [1, CHEAT];
  return checked === round ? [CHEAT] : [];
}

function assertAnswer(label: string, check: () => unknown): void {
  let verdict: unknown;
  try {
    verdict = check();
  } catch (error) {
    throw new Error(`${label}: no answer`, { cause: error });
  }
  assert.equal(typeof verdict, 'boolean', label);
}

for (const record of recordings) {
  const session = await record();
  const [{ checks } = assert.fail()] = session.views();
  const made = new Set<string>();

  for (const [round, received] of session.said) {
    if (session.rounds?.includes(round) === false || checks.every(check => partiesOf(check, round).length === 0))
      continue;
    const codec = session.messages[round]?.codec ?? assert.fail(round);
    const [honest, other] = [entry(received, CHEAT), entry(received, 1)];
    const { accepted } = extremesOf(codec, honest, other, numbers);

    test(`A5: ${session.what}: every check answers, whatever a party says in ${round}`, () => {
      const attempt = (extremes: readonly Extreme<unknown>[]) => {
        const changed = extremes.reduce((message, { change }) => change(message) ?? message, honest);
        const path = extremes.map(extreme => extreme.path).join(', ');
        for (const name of tryChecks(session, round, path, changed)) made.add(name);
      };
      const [ofNumbers, others] = [accepted.filter(e => e.isOfNumbers), accepted.filter(e => !e.isOfNumbers)];
      for (const extreme of [...others, ...(ofNumbers.length <= FEW ? ofNumbers : [])]) attempt([extreme]);
      const several = fc.array(fc.constantFrom(...accepted), { minLength: 1, maxLength: 3 });
      fc.assert(fc.property(several, attempt), { numRuns: RUNS });
    });

    test(`I4, I5: ${session.what}: what is no message of ${round} does not decode, and nothing else happens`, () => {
      const encoded = codec.encode(honest);
      const junk = [0, 255].map(byte => new Uint8Array(codec.maxBytes).fill(byte));
      for (const bytes of [...junk, encoded.subarray(1), Buffer.concat([encoded, Uint8Array.of(0)])])
        tryDecode(codec, bytes);
      for (const { path } of accepted) assert.doesNotMatch(path, /the identity/);
    });
  }

  test(`A5: ${session.what}: each check was made`, () => {
    assert.deepEqual([...made].sort(), [...new Set(checks.map(({ name }) => name))].sort());
  });
}
