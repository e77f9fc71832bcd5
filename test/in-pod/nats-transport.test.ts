/** Sessions over a real NATS server, with the configuration and the certificates that the operator makes. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { subjects } from '@mpc-operator/crds/subjects';
import { createAuthority } from '@mpc-operator/operator/pki/authority';
import { curves } from '@mpc-operator/party/protocol/curve/curve';
import { Timeout } from '@mpc-operator/party/protocol/session/errors';
import { runSession, type SessionOptions } from '@mpc-operator/party/protocol/session/session';
import { makeSigner } from '@mpc-operator/party/protocol/session/simulator';
import { keygen, keygenMessages } from '@mpc-operator/party/protocol/sharing/keygen';
import { groupKey } from '@mpc-operator/party/protocol/sharing/sharing';
import { PartyTransport } from '@mpc-operator/party/transport/party-transport';
import { systemClock } from '@mpc-operator/runtime/clock';
import {
  isNoResponders,
  NatsClient,
  type NatsConfig,
  type NatsEvents,
  type NatsState,
} from '@mpc-operator/runtime/nats-client';
import { connect as nats } from '@nats-io/transport-node';
import { NatsServer } from './nats-server.ts';

const PARTIES = [1, 2, 3];

function connect(t: TestContext, config: NatsConfig, events: Partial<NatsEvents> = {}): NatsClient {
  const client = new NatsClient(config, events);
  t.after(() => client.drain());
  return client;
}

async function startServer(t: TestContext): Promise<NatsServer> {
  const server = await NatsServer.prepare(t);
  await server.start();
  return server;
}

/** Connects clients of all parties, and returns them with their transports. */
async function connectParties(t: TestContext, server: NatsServer) {
  const clients = await Promise.all(PARTIES.map(async party => connect(t, await server.credentials({ party }))));
  const transports = clients.map((client, i) => new PartyTransport(client, PARTIES[i] ?? 0, systemClock));
  await Promise.all(clients.map(client => client.whenConnected()));
  return { clients, transports };
}

const signers = PARTIES.map(makeSigner);
const keygenParameters = { curve: 'secp256k1', threshold: 2 } as const;

function runKeygen(transports: readonly PartyTransport[], session: string, deadline = 10_000) {
  const parameters: SessionOptions['parameters'] = {
    session,
    protocol: 'keygen/v1',
    suite: 'secp256k1',
    key: 'test',
    epoch: 1,
    threshold: 2,
    members: PARTIES.map((id, i) => ({ id, identity: signers[i]?.publicKey ?? new Uint8Array() })),
    extras: {},
  };
  return Promise.allSettled(
    transports.map(async (transport, i) => {
      using channel = transport.open(session);
      const signer = signers[i];
      assert.ok(signer);
      return await runSession(
        {
          me: PARTIES[i] ?? 0,
          parameters,
          signer,
          channel,
          standing: { incarnation: 1, position: 0, head: new Uint8Array(32) },
          acceptStandings: () => {},
          claimSid: () => true,
          signal: AbortSignal.timeout(deadline),
        },
        keygenMessages(keygenParameters),
        party => keygen(party, keygenParameters),
      );
    }),
  );
}

async function assertKeygen(transports: readonly PartyTransport[], session: string): Promise<void> {
  const outcomes = await runKeygen(transports, session);
  const keys = outcomes.map(outcome => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return groupKey(outcome.value.result.share.sharing);
  });
  const { equalPoints, identity } = curves.secp256k1;
  assert.ok(keys.every(key => equalPoints(key, keys[0] ?? identity)));
}

test('three parties make a key, several at a time', async t => {
  const { transports } = await connectParties(t, await startServer(t));
  await Promise.all(['a', 'b', 'c'].map(session => assertKeygen(transports, session)));
});

test('a party publishes as itself only, and hears nothing that is for another alone', async t => {
  const server = await startServer(t);
  const heard: string[] = [];
  const errors: string[] = [];
  const [one, two, three] = await Promise.all(
    PARTIES.map(async party =>
      connect(t, await server.credentials({ party }), { onError: error => errors.push(`${party}: ${error.message}`) }),
    ),
  );
  assert.ok(one && two && three);
  one.subscribe(subjects.directTo(1), ({ subject }) => heard.push(`1: ${subject}`));
  one.subscribe(subjects.broadcasts, ({ subject }) => heard.push(`1: ${subject}`));
  three.subscribe(subjects.directTo(1), ({ subject }) => heard.push(`3: ${subject}`));
  three.subscribe('>', ({ subject }) => heard.push(`3: ${subject}`));
  await Promise.all([one, two, three].map(client => client.whenConnected()));
  const nothing = new Uint8Array();
  two.publish(subjects.direct(1, 3), nothing);
  two.publish(subjects.broadcast(3, 's'), nothing);
  two.publish(subjects.report(3), nothing);
  two.publish(subjects.control(1), nothing);
  two.publish(subjects.direct(1, 2), nothing);
  two.publish(subjects.broadcast(2, 's'), nothing);
  await two.whenConnected();
  await one.whenConnected();
  assert.deepEqual(heard.sort(), ['1: mpc.node.1.2', '1: mpc.round.2.s']);
  const refused = (client: number, what: string) =>
    errors.some(text => text.startsWith(`${client}: `) && text.includes(what));
  for (const subject of ['mpc.node.1.3', 'mpc.round.3.s', 'mpc.report.3', 'mpc.control.1']) {
    assert.ok(refused(2, subject), `${subject}: ${errors.join('; ')}`);
  }
  assert.ok(refused(3, 'mpc.node.1.*') && refused(3, '">"'), errors.join('; '));
});

test('a party answers the operator, and nobody in another name', async t => {
  const server = await startServer(t);
  const [operator, one] = await Promise.all([
    server.credentials('operator').then(config => connect(t, config)),
    server.credentials({ party: 1 }).then(config => connect(t, config)),
  ]);
  const heard: string[] = [];
  operator.subscribe(subjects.reports, ({ subject }) => heard.push(subject));
  one.subscribe(subjects.control(1), message => {
    heard.push(message.subject);
    message.respond(Buffer.from('yes'));
  });
  await Promise.all([operator.whenConnected(), one.whenConnected()]);
  const answer = await operator.request(subjects.control(1), 'do', subjects.reply(1, 'token'), 5_000);
  assert.equal(Buffer.from(answer.data).toString(), 'yes');
  assert.deepEqual(heard.splice(0), ['mpc.control.1']);

  // party 2 writes to itself and asks for the answer at somebody else's subject
  const { servers, tls } = await server.credentials({ party: 2 });
  const two = await nats({ servers: [...servers], tls });
  t.after(() => two.close());
  two.subscribe(subjects.directTo(2), { callback: (_, message) => void message.respond('forged') });
  for (const reply of [subjects.control(1), subjects.report(3), subjects.reply(1, 'token')]) {
    two.publish(subjects.direct(2, 2), '', { reply });
  }
  for (let trip = 0; trip < 2; trip += 1) await two.flush();
  await Promise.all([operator.whenConnected(), one.whenConnected()]);
  assert.deepEqual(heard, []);
});

test('who asks where nobody listens learns it at once', async t => {
  const server = await startServer(t);
  const operator = connect(t, await server.credentials('operator'));
  await operator.whenConnected();
  const answer = operator.request(subjects.control(1), 'do', subjects.reply(1, 'token'), 60_000);
  await assert.rejects(answer, error => isNoResponders(error));
});

test('a request ends in time even if its connection is closed before the answer', async t => {
  const server = await startServer(t);
  const operator = connect(t, await server.credentials('operator'));
  const one = connect(t, await server.credentials({ party: 1 }));
  const asked = Promise.withResolvers<void>();
  one.subscribe(subjects.control(1), () => asked.resolve());
  await Promise.all([operator.whenConnected(), one.whenConnected()]);
  const answer = operator.request(subjects.control(1), 'do', subjects.reply(1, 'token'), 500);
  await asked.promise;
  await Promise.all([operator.drain(), assert.rejects(answer, /no reply to mpc.control.1 within 500 ms/)]);
});

test('who has no certificate of the cluster, or one of nobody in it, does not get in', async t => {
  const server = await startServer(t);
  const stranger = await createAuthority('stranger', new Date());
  const refused = async (config: NatsConfig): Promise<string> => {
    const { promise, resolve } = Promise.withResolvers<NatsState>();
    // the server listens on one of the addresses of localhost, and the client may try the other one first
    const isAnswer = (state: NatsState): boolean => state.connected || !/refused/.test(state.reason);
    connect(t, config, { onState: state => isAnswer(state) && resolve(state) });
    const state = await promise;
    return state.connected ? 'connected' : state.reason;
  };
  const [untrusted, unknown, without] = await Promise.all([
    refused(await server.credentials({ party: 1 }, stranger)),
    refused(await server.credentials({ party: 9 })),
    refused({ ...(await server.credentials({ party: 2 })), tls: { caFile: '/nowhere' } }),
  ]);
  assert.notEqual(untrusted, 'connected');
  assert.match(unknown, /authorization/i);
  assert.match(without, /exist/);
});

test('a client connects when it is at last given a right certificate, without a restart', async t => {
  const server = await startServer(t);
  const config = await server.credentials({ party: 1 }, await createAuthority('stranger', new Date()));
  const client = connect(t, config);
  await server.credentials({ party: 1 });
  await client.whenConnected();
  assert.deepEqual(client.state, { connected: true });
});

test('parties outlive their server: before it is there, when it is killed, and after', async t => {
  const server = await NatsServer.prepare(t);
  const states: boolean[] = [];
  const clients = await Promise.all(
    PARTIES.map(async party =>
      connect(t, await server.credentials({ party }), {
        onState: ({ connected }) => party === 1 && states.push(connected),
      }),
    ),
  );
  const transports = clients.map((client, i) => new PartyTransport(client, PARTIES[i] ?? 0, systemClock));
  assert.ok(clients.every(({ state }) => !state.connected));
  assert.equal(clients[0]?.publish(subjects.broadcast(1, 's'), new Uint8Array()), false);

  await server.start();
  await Promise.all(clients.map(client => client.whenConnected()));
  await assertKeygen(transports, 'first');

  const interrupted = runKeygen(transports, 'interrupted', 1_000);
  await server.stop('SIGKILL');
  for (const outcome of await interrupted) {
    assert.ok(outcome.status === 'rejected' && outcome.reason instanceof Timeout, String(outcome.status));
  }
  await server.start();
  await Promise.all(clients.map(client => client.whenConnected()));
  await assertKeygen(transports, 'second');
  assert.deepEqual(states.slice(-3), [true, false, true]);
});

test('a drained client has sent everything and takes in nothing more', async t => {
  const server = await startServer(t);
  const [one, two] = await Promise.all([1, 2].map(async party => connect(t, await server.credentials({ party }))));
  assert.ok(one && two);
  const heard: string[] = [];
  two.subscribe(subjects.broadcasts, ({ subject }) => heard.push(subject));
  await Promise.all([one.whenConnected(), two.whenConnected()]);
  for (let i = 0; i < 100; i += 1) one.publish(subjects.broadcast(1, `s${i}`), new Uint8Array(1000));
  await one.drain();
  await two.whenConnected();
  assert.equal(heard.length, 100);
  assert.equal(one.publish(subjects.broadcast(1, 'late'), new Uint8Array()), false);
  assert.equal(one.state.connected, false);
});
