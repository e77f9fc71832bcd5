import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, type TestContext, test } from 'node:test';
import type { Command, Reply } from '@mpc-operator/crds/control';
import type { PartyId } from '../protocol/session/party-id.ts';
import { PartyCluster, until } from '../testing/party-cluster.ts';

type AuxiliaryCommand = Extract<Command, { verb: 'auxiliary' }>;

const PARTIES = [1, 2, 3];

const command = (number: number, trigger: string, parties: readonly PartyId[] = PARTIES): AuxiliaryCommand => ({
  verb: 'auxiliary',
  level: 112,
  parties: [...parties],
  number,
  run: randomBytes(16).toString('hex'),
  trigger,
});

const refusal = (reply: Reply): string => (reply.result === 'refused' ? reply.reason : reply.result);

async function start(t: TestContext): Promise<PartyCluster> {
  const cluster = await PartyCluster.of(t, PARTIES);
  await until(async () => {
    const reports = PARTIES.map(party => cluster.report(party)?.auxiliary?.primes);
    return reports.every(primes => primes === 'Ready') || undefined;
  });
  return cluster;
}

describe('auxiliary information', () => {
  test('is made by all parties, and goes the four steps from one generation to the next', async t => {
    const cluster = await start(t);
    const [first] = await cluster.makeAuxiliary(PARTIES);
    assert.deepEqual(first?.parties, PARTIES);
    assert.deepEqual([first?.active, first?.highest, first?.level], [1, 1, 112]);
    assert.ok(first?.finalTime);

    const [second] = await cluster.makeAuxiliary(PARTIES, 2);
    assert.deepEqual(second?.triggers, [
      { source: 'first', value: '', epoch: 1 },
      { source: 'annotation', value: '2', epoch: 2 },
    ]);
    const again = await cluster.command(1, command(3, 'annotation@2'));
    assert.equal(refusal(again), 'TriggerDone');
  });

  test('what cannot be is refused', async t => {
    const cluster = await start(t);
    assert.equal(refusal(await cluster.command(1, { ...command(1, 'first@'), level: 128 })), 'Malformed');
    assert.equal(refusal(await cluster.command(1, command(1, 'first@', [2, 3]))), 'Malformed');
    assert.equal(refusal(await cluster.command(1, command(1, 'first@', [1, 2, 9]))), 'NotReady');
    assert.equal(refusal(await cluster.command(1, command(1, 'first@'))), 'accepted');
    assert.equal(refusal(await cluster.command(1, command(2, 'first@'))), 'Busy');
  });

  test('survives a restart of every party', async t => {
    const cluster = await start(t);
    await cluster.makeAuxiliary(PARTIES);
    for (const party of PARTIES) await cluster.stop(party);
    for (const party of PARTIES) cluster.start(party);
    await cluster.ready(PARTIES);
    const [kept] = await cluster.generation(PARTIES, 1);
    assert.equal(kept?.active, 1);
  });
});
