import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_NUMBER_JUMP } from '@mpc-operator/crds/bounds';
import type { Command, KeySpec, Reply } from '@mpc-operator/crds/control';
import fc from 'fast-check';
import { openStore } from '../store/testing/temporary-store.ts';
import { PartyCluster, until } from '../testing/party-cluster.ts';
import { Refused, rejectBusyOrUnfit } from './admission.ts';
import { AttemptNumbers, type FailedAttempt } from './attempt-numbers.ts';

const SPEC: KeySpec = { name: 'k', curve: 'ed25519', purpose: 'eddsa', threshold: 2, parties: [1, 2] };
const LAST = 2 ** 31 - 1;
const shown = (reply: Reply): string =>
  reply.result === 'refused' ? `${reply.reason}: ${reply.message}` : reply.result;
const refresh = (keyId: string, number: number, run = 'aa'): Command => ({
  verb: 'refresh',
  ...{ keyId, number, run: run.repeat(16), trigger: `annotation@${run}` },
});

test('R2: a number far above all that a party has seen is refused, with the numbers that it takes', async t => {
  const cluster = await PartyCluster.of(t, SPEC.parties);
  const keygen: Command = { verb: 'keygen', spec: SPEC, number: LAST, run: '00'.repeat(16), triggers: [] };
  assert.match(
    shown(await cluster.command(1, keygen)),
    /^Malformed: number 2147483647 .* at k is more than 256 above 0,.*: take one from 1 to 256$/,
  );
  await until(async () => cluster.report(1)?.auxiliary?.primes === 'Ready' || undefined);
  const auxiliary: Command = {
    verb: 'auxiliary',
    ...{ level: 112, parties: [1, 2], number: LAST, run: '00'.repeat(16), trigger: 'first@' },
  };
  assert.match(shown(await cluster.command(1, auxiliary)), /^Malformed: number 2147483647 .* take one from 1 to 256$/);
  const { keyId = '' } = await cluster.makeShares(SPEC);
  for (const number of [LAST, 2 + MAX_NUMBER_JUMP])
    assert.match(shown(await cluster.command(1, refresh(keyId, number))), /^Malformed: .* take one from 2 to 257$/);
  await cluster.commandAll(SPEC.parties, refresh(keyId, 1 + MAX_NUMBER_JUMP));
  await cluster.final(SPEC, 1 + MAX_NUMBER_JUMP);
});

test('a number that failed is known after a restart, and may be taken again', async t => {
  const cluster = await PartyCluster.of(t, SPEC.parties);
  const { keyId = '' } = await cluster.makeShares(SPEC);
  const failed = async () => (await cluster.key(1, 'k'))?.attempt?.phase === 'Failed' || undefined;
  cluster.wire.passes = (_, __, name) => !name.startsWith('refresh-');
  await cluster.stop(2); // the session of party 1 ends when party 2 is missed
  assert.equal(shown(await cluster.command(1, refresh(keyId, 200))), 'accepted');
  await until(failed);
  await cluster.stop(1);
  cluster.wire.passes = () => true;
  for (const party of SPEC.parties) cluster.start(party);
  await cluster.ready(SPEC.parties);
  assert.equal((await cluster.key(1, 'k'))?.highest, 200);
  await cluster.commandAll(SPEC.parties, refresh(keyId, 200, 'bb'));
  await cluster.final(SPEC, 200);
});

test('each thing has numbers of its own, and the highest counts', async t => {
  const store = await openStore(t);
  const numbers = await AttemptNumbers.open(store);
  const report = (number: number): FailedAttempt['report'] => ({
    ...{ number, trigger: 'annotation@x', phase: 'Failed', failure: 'Timeout', parties: [2], message: 'away' },
  });
  await numbers.record({ what: 'a', report: report(7) });
  await numbers.record({ what: 'a', keyId: '0a'.repeat(16), report: report(5) });
  for (const known of [numbers, await AttemptNumbers.open(store)])
    assert.deepEqual([known.failed('a'), known.failed('b')], [7, 0]);
});

test('whatever was ordered of some parties only, there is a number that all of them take', () => {
  // each order reaches some parties; an attempt is acknowledged only where all have taken part
  const parties = [0, 1, 2];
  const order = fc.record({
    jump: fc.integer({ min: 1, max: 2 * MAX_NUMBER_JUMP }),
    from: fc.constantFrom(...parties),
    to: fc.subarray(parties, { minLength: 1 }),
    acknowledging: fc.subarray(parties),
  });
  const takes = ({ acknowledged, failed }: { acknowledged: number; failed: number }, number: number): boolean => {
    try {
      rejectBusyOrUnfit('k', number, { last: undefined, acknowledged, failed });
      return true;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return false;
    }
  };
  fc.assert(
    fc.property(fc.array(order, { maxLength: 40 }), orders => {
      const known = parties.map(() => ({ acknowledged: 0, failed: 0 }));
      for (const { jump, from, to, acknowledging } of orders) {
        const number = Math.max(...Object.values(known[from] ?? assert.fail())) + jump;
        const taking = known.filter((party, i) => to.includes(i) && takes(party, number));
        for (const party of taking) {
          if (taking.length === parties.length && acknowledging.includes(known.indexOf(party)))
            party.acknowledged = number;
          else party.failed = Math.max(party.failed, number);
        }
      }
      const lowest = Math.max(...known.map(({ acknowledged }) => acknowledged)) + 1;
      assert.ok(known.every(party => takes(party, lowest)));
    }),
  );
});
