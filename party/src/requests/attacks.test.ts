/**
 * Rows D7, I7, R4 of the attack list, and other attacks of one party on the signing of the others. The tests run whole
 * parties, of which the third is hostile.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Command, KeyReport, KeySpec } from '@mpc-operator/crds/control';
import type { HttpRequest, HttpResponse, Transport } from '@mpc-operator/runtime/transport';
import { schemes } from '../protocol/signing/scheme.ts';
import { PartyCluster, until } from '../testing/party-cluster.ts';
import { encodeSignMessage, type SignInvitation, type SignMessage } from './invitation.ts';
import { leaderOrder } from './leadership.ts';
import { sessionName } from './testing/session-name.ts';

const PARTIES = [1, 2, 3];
const HOSTILE = 3;
const SPEC: KeySpec = { name: 'k', curve: 'ed25519', purpose: 'eddsa', threshold: 2, parties: PARTIES };
const RUN = '00'.repeat(16);
const message = Buffer.from('what was asked for');
const other = Buffer.from('what nobody wanted');

/** An API server that shows something else instead of `message`. */
class LyingApi implements Transport {
  readonly host = 'lies';
  readonly #api: Transport;
  constructor(api: Transport) {
    this.#api = api;
  }

  async exchange(request: HttpRequest, timeout: number): Promise<HttpResponse> {
    const { text, ...response } = await this.#api.exchange(request, timeout);
    return { ...response, text: lie(text) };
  }

  async stream(request: HttpRequest, silence: number): Promise<HttpResponse | AsyncIterable<Uint8Array>> {
    const answer = await this.#api.stream(request, silence);
    return Symbol.asyncIterator in answer ? lies(answer) : answer;
  }

  close(): Promise<void> {
    return this.#api.close();
  }
}

const lie = (text: string): string => text.replaceAll(message.toString('base64'), other.toString('base64'));

async function* lies(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const bytes of stream) yield Buffer.from(lie(Buffer.from(bytes).toString()));
}

/** Parties with a key. The third party sees the API server through `thirdSees`. */
async function withKey(t: TestContext, thirdSees: (api: Transport) => Transport = api => api) {
  const cluster = new PartyCluster(t);
  for (const party of PARTIES) cluster.start(party, party === HOSTILE ? { api: thirdSees(cluster.api) } : {});
  for (const party of PARTIES) await until(() => (cluster.report(party)?.ready ? true : undefined));
  for (const party of PARTIES) {
    const keygen: Command = { verb: 'keygen', spec: SPEC, number: 1, run: RUN, triggers: [] };
    await until(async () => ((await cluster.command(party, keygen)).result === 'accepted' ? true : undefined));
  }
  const keys: KeyReport[] = [];
  for (const party of PARTIES) {
    keys.push(
      await until(async () => {
        const key = await cluster.key(party, 'k');
        return key && key.final >= 1 && key.erasedBelow >= 1 ? key : undefined;
      }),
    );
  }
  cluster.putKeyShareSet(SPEC);
  return { cluster, key: keys[0] ?? assert.fail() };
}

async function answerTo(cluster: PartyCluster, name: string) {
  return await until(() => {
    const { status } = cluster.request(name) ?? {};
    return status?.phase === 'Succeeded' || status?.phase === 'Failed' ? status : undefined;
  });
}

const uidOf = (cluster: PartyCluster, name: string): string => cluster.request(name)?.metadata.uid ?? assert.fail();

const signs = ({ publicKey = '' }: KeyReport, signed: Uint8Array, signature = ''): boolean =>
  schemes.eddsa.verify(Buffer.from(publicKey, 'hex'), signed, Buffer.from(signature, 'hex'));

/** Sends a message from the third party to another party. */
const say = (cluster: PartyCluster, to: number, signMessage: SignMessage): void =>
  cluster.wire.nodes.get(to)?.broker.receive('summons', HOSTILE, encodeSignMessage(signMessage));

/**
 * Lets no message through from now on. Returns the set of `PARTY SESSION` for every session in which a party sends a
 * message.
 */
function silence(cluster: PartyCluster): ReadonlySet<string> {
  const spoken = new Set<string>();
  cluster.wire.passes = (from, _, name) => {
    spoken.add(`${from} ${name}`);
    return false;
  };
  return spoken;
}

const isDeclined = (cluster: PartyCluster, session: string): boolean =>
  cluster.log.lines.some(l => l.message === 'declined to sign' && l.fields.session === session);

test('D7: whoever leads, only the message that the signers themselves find in the request is signed', async t => {
  const { cluster, key } = await withKey(t, api => new LyingApi(api));
  const names: string[] = [];
  // until the third party leads one of the requests first, and another one second
  for (const places = new Set<number>(); !places.has(0) || !places.has(1); ) {
    const name = `r${names.length}`;
    names.push(name);
    cluster.putSignRequest(name, 'k', message);
    places.add(leaderOrder(uidOf(cluster, name), PARTIES).indexOf(HOSTILE));
  }
  for (const name of names) {
    const { phase, signature, signers, culprits } = await answerTo(cluster, name);
    assert.equal(phase, 'Succeeded');
    assert.ok(signs(key, message, signature));
    assert.deepEqual([signers, culprits], [[1, 2], undefined]);
  }
});

test(
  'D7, R4, T7: an invitation to sign without a request, with another key, ' +
    'other signers or another epoch is declined',
  async t => {
    const { cluster, key } = await withKey(t);
    cluster.putSignRequest('open', 'none', message);
    cluster.putSignRequest('done', 'k', message);
    await answerTo(cluster, 'done');
    const spoken = silence(cluster);
    cluster.putSignRequest('asked', 'k', message);
    const right: SignInvitation = {
      type: 'invitation',
      session: sessionName('right'),
      request: { name: 'asked', uid: uidOf(cluster, 'asked') },
      keyId: key.keyId ?? assert.fail(),
      epoch: 1,
      signers: [1, 3],
    };
    const wrong: Partial<SignInvitation>[] = [
      { request: { name: 'no-such', uid: 'uid' } },
      { request: { name: 'asked', uid: 'another' } },
      { request: { name: 'done', uid: uidOf(cluster, 'done') } },
      { request: { name: 'open', uid: uidOf(cluster, 'open') } },
      { keyId: 'ff'.repeat(16) },
      { signers: [1, 2] },
      { signers: [2, 3] },
      { signers: [1, 2, 3] },
      { signers: [3, 3] },
      { signers: [1, 9] },
      { epoch: 2 },
    ];
    for (const [i, change] of wrong.entries()) {
      const session = sessionName(`wrong-${i}`);
      say(cluster, 1, { ...right, ...change, session });
      await until(() => isDeclined(cluster, session) || spoken.has(`1 ${session}`) || undefined);
      assert.ok(!spoken.has(`1 ${session}`), JSON.stringify(change));
    }
    // T7: an invitation that arrives three times is accepted once
    for (let i = 0; i < 3; i++) say(cluster, 1, right);
    await until(() => (spoken.has(`1 ${right.session}`) ? true : undefined));
    const last = sessionName('last');
    say(cluster, 1, { ...right, session: last, epoch: 9 });
    await until(() => isDeclined(cluster, last) || undefined);
    assert.ok(
      !cluster.log.lines.some(l => l.message === 'a session to sign failed' && l.fields.session === right.session),
    );
  },
);

test('a party that is not among the signers cannot end their session by declining it', async t => {
  const { cluster, key } = await withKey(t);
  cluster.wire.passes = (from, _, session) => {
    for (const leader of [1, 2]) say(cluster, leader, { type: 'decline', session, reason: 'no' });
    return from !== HOSTILE;
  };
  cluster.putSignRequest('asked', 'k', message, { deadlineSeconds: 15 });
  const { signature, signers } = await answerTo(cluster, 'asked');
  assert.ok(signs(key, message, signature));
  assert.deepEqual(signers, [1, 2]);
});

test('I7: invitations of one party, however many, do not keep this one from those of another', async t => {
  const { cluster, key } = await withKey(t);
  const flood = Array.from({ length: 200 }, (_, i) => sessionName(`flood-${i}`));
  // the name of a request that the other two parties sign, if they can
  const name = (i: number): string => {
    cluster.putSignRequest(`r${i}`, 'k', message);
    return leaderOrder(uidOf(cluster, `r${i}`), PARTIES).indexOf(HOSTILE) === 2 ? `r${i}` : name(i + 1);
  };
  const asked = name(0);
  const uid = uidOf(cluster, asked);
  const keyId = key.keyId ?? assert.fail();
  for (const to of [1, 2]) {
    for (const session of flood) {
      say(cluster, to, {
        type: 'invitation',
        session,
        request: { name: asked, uid },
        keyId,
        epoch: 1,
        signers: [to, 3],
      });
    }
  }
  const { signature } = await answerTo(cluster, asked);
  assert.ok(signs(key, message, signature));
  const refused = cluster.log.lines.filter(l => l.fields.reason === 'too many sessions');
  assert.ok(refused.length > 0 && refused.every(l => l.fields.leader === HOSTILE));
});
