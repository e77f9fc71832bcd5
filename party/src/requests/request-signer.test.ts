import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SignRequest } from '@mpc-operator/crds/generated/api';
import { API_VERSION } from '@mpc-operator/crds/group';
import { FakeClock, settle } from '@mpc-operator/runtime/testing/fake-clock';
import { SilentLogger } from '@mpc-operator/runtime/testing/silent-logger';
import { type Attempt, type KeyState, newEpochs } from '../epochs/key-state.ts';
import type { Proposal } from '../epochs/proposal.ts';
import type { Job } from '../host/session-host.ts';
import { HsmUnavailable } from '../hsm/hsm.ts';
import { PresignatureGone } from '../presignatures/presignature-gone.ts';
import { curves } from '../protocol/curve/curve.ts';
import { Misbehaviour, Timeout } from '../protocol/session/errors.ts';
import type { PartyId } from '../protocol/session/party-id.ts';
import type { KeyShare } from '../protocol/sharing/sharing.ts';
import { deal } from '../protocol/signing/frost/testing/trusted-dealer.ts';
import type { Decision } from './decision.ts';
import { decodeSignMessage, encodeSignMessage, type SignInvitation, type SignMessage } from './invitation.ts';
import { RequestSigner } from './request-signer.ts';
import { sessionName } from './testing/session-name.ts';

const KEY = '00'.repeat(16);
const session = sessionName('1');
const request: SignRequest = {
  apiVersion: API_VERSION,
  kind: 'SignRequest',
  metadata: { name: 'r', namespace: 'ns', uid: 'u' },
  spec: { keyRef: { name: 'k' }, message: 'bQ==', deadlineSeconds: 60, ttlSecondsAfterFinished: 86_400 },
};
const spec = { name: 'k', curve: 'ed25519', purpose: 'eddsa', threshold: 2, parties: [1, 2, 3] } as const;
const attempt: Attempt<Proposal> = {
  proposal: {
    ...{ keyId: KEY, curve: 'ed25519', purpose: 'eddsa', threshold: 2, publicKey: '', epoch: 1, base: 0, trigger: '' },
    ...{ commitments: [], chainCodeHash: '', transcript: '', approvers: [], admins: [] },
    identities: spec.parties.map(party => ({ party, identity: '' })),
  },
  triggers: [],
  acks: new Map(spec.parties.map(party => [party, ''])),
  activated: new Map(),
};
const key: KeyState = {
  ...newEpochs(1, { ...spec, parties: [...spec.parties] }, KEY),
  attempts: new Map([[1, attempt]]),
  final: 1,
  active: 1,
};
const toSign = {
  kind: 'sign',
  key,
  requested: { message: Buffer.from('m'), digest: undefined, path: [] },
  deadline: Date.now() + 60_000,
} as const satisfies Decision;
const invitation: SignInvitation = {
  type: 'invitation',
  session,
  request: { name: 'r', uid: 'u' },
  keyId: KEY,
  epoch: 1,
  signers: [1, 2],
};

/** Party 1, with what it sends and reports. Its sessions go on until the test ends them. */
class Station {
  readonly sent: { to: PartyId | 'all'; signMessage: SignMessage | undefined }[] = [];
  readonly told: string[] = [];
  readonly jobs: Job[] = [];
  decision: Decision = toSign;
  found: SignRequest | undefined = request;
  recorded = false;
  openShare = async (): Promise<KeyShare> => share(1);
  readonly signer: RequestSigner;
  readonly #endings: ((error: Error) => void)[] = [];
  #listener: (from: PartyId, bytes: Uint8Array) => void = () => {};

  constructor() {
    this.signer = new RequestSigner({
      me: 1,
      channel: {
        send: (to, bytes) => void this.sent.push({ to, signMessage: decodeSignMessage(bytes) }),
        listen: listener => {
          this.#listener = listener;
          return () => {};
        },
      },
      find: async () => this.found,
      decide: () => this.decision,
      states: {
        othersActive: () => this.told.push('invited'),
        sessionFailed: (_, error) => this.told.push(`failed: ${error instanceof Error ? error.name : error}`),
        askedAgain: () => this.told.push('asked again'),
      },
      log: new SilentLogger(),
      keyring: {
        byId: () => ({ state: key, finalTime: undefined }),
        share: () => this.openShare(),
        sharing: () => share(1).sharing,
        chainCode: () => assert.fail('no child is asked for'),
        auxiliary: () => undefined,
        merge: () => 0,
      },
      store: { append: async () => [], get: async () => (this.recorded ? signed : undefined) as never },
      workers: { run: () => assert.fail('no ecdsa key') },
      presignatures: {
        get: () => undefined,
        take: () => assert.fail('no ecdsa key'),
        hasDeclined: party => this.told.push(`${party} has declined`),
        haveSigned: parties => this.told.push(`${parties} have signed`),
      },
      bans: { has: () => false },
      peers: { starts: () => new Map([1, 2, 3].map(party => [party, 1])) },
      clock: new FakeClock(),
      ecdsaHost: { conduct: () => assert.fail('no ecdsa key') },
      host: {
        run: job => {
          this.jobs.push(job);
          return new Promise((_, reject) => {
            job.signal?.addEventListener('abort', () => reject(job.signal?.reason));
            this.#endings.push(reject);
          });
        },
      },
    });
  }

  async hear(from: PartyId, signMessage: SignMessage): Promise<void> {
    await this.hearBytes(from, encodeSignMessage(signMessage));
  }

  async hearBytes(from: PartyId, bytes: Uint8Array): Promise<void> {
    this.#listener(from, bytes);
    for (let turn = 0; turn < 5; turn++) await settle();
  }

  async endSessions(error: Error): Promise<void> {
    for (const end of this.#endings.splice(0)) end(error);
    await settle();
  }

  get declined(): string[] {
    return this.sent.flatMap(({ signMessage }) => (signMessage?.type === 'decline' ? signMessage.reason : []));
  }
}

const signed = { keyId: KEY, epoch: 1, signature: 'ab'.repeat(64), signers: [1, 3] };

function share(party: PartyId): KeyShare {
  const { scalar } = curves.ed25519;
  const [own = assert.fail()] = deal('ed25519', [scalar(5n), scalar(7n)], [party, 2, 3]);
  return own;
}

test('a party comes to the session of a request that it finds itself, with what it has read in it itself', async () => {
  const station = new Station();
  await station.hear(2, invitation);
  const [job = assert.fail()] = station.jobs;
  assert.deepEqual([job.parameters.session, job.parties, job.parameters.extras.request], [session, [1, 2], 'u']);
  assert.deepEqual(job.parameters.extras.message, toSign.requested.message);
  assert.deepEqual([station.told, station.declined], [['invited'], []]);
});

test('it declines whatever it would not sign itself, and says why', async () => {
  const fail = { kind: 'fail', reason: 'DeadlineExceeded', message: '', parties: [1, 2, 3], since: 0 } as const;
  const cases: [Partial<Station>, Partial<SignInvitation>, RegExp][] = [
    [{ found: undefined }, {}, /no such request/],
    [{ decision: { kind: 'ignore' } }, {}, /finished, or not of this cluster/],
    [{ decision: fail }, {}, /DeadlineExceeded/],
    [{ decision: { kind: 'wait', reason: 'KeyConflict', message: '', parties: [] } }, {}, /KeyConflict/],
    [{}, { keyId: '11'.repeat(16) }, /another key/],
    [{}, { epoch: 2 }, /not certified here/],
    [{}, { signers: [1, 2, 3] }, /not a quorum/],
    [{}, { signers: [2, 2] }, /not a quorum/],
    [{}, { signers: [2, 9] }, /not a quorum/],
    [{}, { signers: [1, 3] }, /leader and invited/],
    [{}, { signers: [2, 3] }, /leader and invited/],
  ];
  for (const [circumstance, changes, reason] of cases) {
    const station = Object.assign(new Station(), circumstance);
    await station.hear(2, { ...invitation, ...changes });
    assert.deepEqual([station.jobs, station.told], [[], []], `${reason}`);
    assert.equal(station.sent[0]?.to, 2);
    assert.match(station.declined[0] ?? '', reason);
  }
});

test('what is no summons is no summons', async () => {
  const station = new Station();
  for (const text of [
    '',
    '{',
    '{}',
    '{"type":"invitation"}',
    JSON.stringify({ ...invitation, session: 'presign-'.padEnd(40, '0') }),
  ])
    await station.hearBytes(2, Buffer.from(text));
  assert.deepEqual([station.jobs, station.sent], [[], []]);
});

test('it never signs a request a second time, but is told that its signature is missed', async () => {
  const station = new Station();
  station.recorded = true;
  await station.hear(2, invitation);
  assert.deepEqual([station.jobs, station.told, station.declined], [[], ['asked again'], ['signed before']]);
});

test('who cannot open its share declines, so that the leader need not wait', async () => {
  const station = new Station();
  station.openShare = async () => {
    throw new HsmUnavailable('the HSM is not connected');
  };
  await station.hear(2, invitation);
  assert.deepEqual([station.told.at(-1), station.declined], ['failed: HsmUnavailable', ['not able to']]);
});

test('what a session showed about its leader is told on, and the leader need not be told', async () => {
  const station = new Station();
  await station.hear(2, invitation);
  await station.endSessions(new Misbehaviour('signature share', [2], []));
  assert.deepEqual([station.told, station.declined], [['invited', 'failed: Misbehaviour'], []]);
});

test('no leader can take the places of another', async () => {
  const station = new Station();
  for (let i = 0; i < 70; i++)
    await station.hear(3, { ...invitation, session: sessionName(`greedy-${i}`), signers: [1, 3] });
  assert.equal(station.jobs.length, 64);
  assert.deepEqual(new Set(station.declined), new Set(['too many sessions']));
  await station.hear(2, invitation);
  assert.equal(station.jobs.at(-1)?.parameters.session, session);
  await station.endSessions(new Timeout('hello', [3]));
  const later = sessionName('later');
  await station.hear(3, { ...invitation, session: later, signers: [1, 3] });
  assert.equal(station.jobs.at(-1)?.parameters.session, later);
});

test('an invited signer can decline, and nobody else: every party hears the names of sessions', async () => {
  const station = new Station();
  const isOf2 = (error: unknown): boolean => error instanceof Timeout && error.missing.join() === '2';
  const refused = assert.rejects(station.signer.lead(request, toSign, [1, 2], 1000), isOf2);
  for (let turn = 0; turn < 5; turn++) await settle();
  const [sent = assert.fail()] = station.sent;
  assert.ok(sent.to === 2 && sent.signMessage?.type === 'invitation');
  const decline = { type: 'decline', session: sent.signMessage.session, reason: 'no' } as const;
  await station.hear(3, decline);
  assert.equal(station.jobs[0]?.signal?.aborted, false);
  await station.hear(2, decline);
  await refused;
});

test('a signer that has no part of the presignature is counted, and only in a session that needs one', async () => {
  const station = new Station();
  const decline = async (presignature?: string): Promise<unknown> => {
    const led = station.signer.lead(request, toSign, [1, 2], 1000, presignature).catch((error: unknown) => error);
    for (let turn = 0; turn < 5; turn++) await settle();
    const { signMessage } = station.sent.at(-1) ?? assert.fail();
    assert.ok(signMessage?.type === 'invitation');
    await station.hear(2, { type: 'decline', session: signMessage.session, reason: 'no such presignature here' });
    return await led;
  };
  assert.ok((await decline('p')) instanceof PresignatureGone);
  assert.deepEqual(station.told, ['2 has declined']);
  assert.ok((await decline()) instanceof Timeout);
  assert.deepEqual(station.told, ['2 has declined']);
});

test('who stops waits for the sessions that it came to, for what they sign is to be recorded', async () => {
  const station = new Station();
  await station.hear(2, invitation);
  let closed = false;
  const closing = station.signer.close().then(() => {
    closed = true;
  });
  await settle();
  assert.equal(closed, false);
  await station.endSessions(new Timeout('hello', [2]));
  await closing;
});
