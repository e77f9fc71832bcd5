import assert from 'node:assert/strict';
import { mock, type TestContext, test } from 'node:test';
import type { KeyShareSet } from '@mpc-operator/crds/generated/api';
import { FakeClock } from '@mpc-operator/runtime/testing/fake-clock';
import { SilentLogger } from '@mpc-operator/runtime/testing/silent-logger';
import { type KeyState, newEpochs } from '../epochs/key-state.ts';
import { InvitedSessions } from '../host/invited-sessions.ts';
import { Timeout } from '../protocol/session/errors.ts';
import type { PartyId } from '../protocol/session/party-id.ts';
import type { PresignInvitation } from './invitation.ts';
import { type Pooled, PresignaturePool } from './pool.ts';
import { Presignatures, type PresignaturesOptions } from './presignatures.ts';

const key: KeyState = {
  ...newEpochs(1, { name: 'k', curve: 'secp256k1', purpose: 'ecdsa', threshold: 2, parties: [1, 2, 3] }, 'k'),
  final: 1,
  active: 1,
};

/** Party 1, whose pool has a presignature with each other party, and whose sessions end as the test says. */
function owner(t: TestContext) {
  const clock = new FakeClock();
  const presignatures = new Presignatures({
    ...{ me: 1, namespace: 'ns', clock, log: new SilentLogger(), able: () => true, busy: () => false },
    keyring: { byId: () => ({ state: key }), serving: () => key, auxiliary: () => ({ state: { active: 1 } }) },
    peers: { present: () => new Set([1, 2, 3]), starts: () => new Map() },
    bans: { has: () => false },
    channel: { listen: () => () => {} },
    keyShareSet: () => ({ metadata: {}, spec: { presignatures: { target: 9 } } }) as KeyShareSet,
    changed: () => {},
    // the code under test uses only these
  } as unknown as PresignaturesOptions);
  const asked: PartyId[][] = [];
  const session: { error?: Error } = {};
  const found = mock.method(
    PresignaturePool.prototype,
    'find',
    (...[, , isAcceptable]: Parameters<PresignaturePool['find']>) =>
      [2, 3].filter(isAcceptable).map(signer => ({ signers: [1, signer] }) as unknown as Pooled)[0],
  );
  const led = mock.method(InvitedSessions.prototype, 'lead', async ({ signers }: PresignInvitation) => {
    asked.push([...signers]);
    if (session.error) throw session.error;
  });
  t.after(() => {
    for (const { mock: mocked } of [found, led]) mocked.restore();
  });
  const make = async (): Promise<void> => {
    const context = { signal: new AbortController().signal, log: new SilentLogger(), reconcileID: '' };
    await presignatures.reconcile({ namespace: 'ns', name: 'k' }, context).catch(() => undefined);
  };
  /** The signers of the sessions in which so many presignatures are made. */
  const signersOf = async (sessions: number): Promise<string[]> => {
    asked.splice(0);
    for (let i = 0; i < sessions; i++) await make();
    return [...new Set(asked.map(signers => signers.join()))].sort();
  };
  return { clock, presignatures, session, make, signersOf, find: () => presignatures.find(key, () => true)?.signers };
}

test('a presignature whose signer has just declined one is neither used nor made, until it has signed', async t => {
  const { clock, presignatures, find, signersOf } = owner(t);
  assert.deepEqual(find(), [1, 2]);
  assert.deepEqual(await signersOf(40), ['1,2', '1,3']);
  presignatures.hasDeclined(2);
  assert.deepEqual(find(), [1, 3]);
  assert.deepEqual(await signersOf(40), ['1,3']);
  presignatures.hasDeclined(3);
  assert.equal(find(), undefined, 'the request is signed interactively');
  presignatures.haveSigned([1, 3]);
  assert.deepEqual(find(), [1, 3]);
  await clock.advance(5_000);
  assert.deepEqual(find(), [1, 2]);
});

test('none is made with a party that did not join, for a minute', async t => {
  const { clock, session, find, signersOf } = owner(t);
  session.error = new Timeout('hello', [3]);
  await signersOf(1);
  delete session.error;
  assert.deepEqual(await signersOf(40), ['1,2']);
  assert.deepEqual(find(), [1, 2]);
  await clock.advance(60_000);
  assert.deepEqual(await signersOf(40), ['1,2', '1,3']);
});
