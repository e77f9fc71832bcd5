import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { Command, Reply } from '@mpc-operator/crds/control';
import { createLogger, type Logger } from '@mpc-operator/runtime/log';
import { FakeClock, settle } from '@mpc-operator/runtime/testing/fake-clock';
import { SilentLogger } from '@mpc-operator/runtime/testing/silent-logger';
import { FakeBus } from '../testing/fake-bus.ts';
import { keyReport, partyReport } from '../testing/reports.ts';
import { NobodyListens } from './bus.ts';
import { Connections } from './connections.ts';
import { PartyConnection } from './party-connection.ts';
import { REPORT_LIFETIME } from './view.ts';

const credentials = { certificate: 'c', privateKey: 'k', authority: 'a' };
const silent = createLogger({ name: 'test', level: 'error' });

function setUp(t: TestContext, answer: (command: Command) => object | undefined, log: Logger = silent) {
  const clock = new FakeClock();
  const buses: FakeBus[] = [];
  const state = { changes: 0 };
  const connection = new PartyConnection({
    url: 'tls://nats',
    credentials,
    log,
    clock,
    open: options => {
      const bus = new FakeBus(options, (_, payload) => {
        const found = answer(JSON.parse(payload));
        return found && JSON.stringify(found);
      });
      buses.push(bus);
      return bus;
    },
    onChange: () => {
      state.changes += 1;
    },
  });
  t.after(() => connection.close());
  const bus = () => buses.at(-1) ?? assert.fail();
  return { connection, clock, buses, bus, state };
}

const keys = (since: Command): Reply =>
  since.verb === 'keys' ? { result: 'keys', keys: [keyReport(1)], position: 5, more: false } : { result: 'accepted' };

describe('the connection to the parties of a cluster', () => {
  test('shows a party with its keys once it has reported them all', async t => {
    const { connection, bus } = setUp(t, keys);
    assert.equal(connection.views().size, 0);
    bus().publish('mpc.report.2', partyReport(2, { position: 5, keys: 1 }));
    await settle();
    assert.deepEqual(connection.views().get(2), {
      id: 2,
      since: 0,
      report: partyReport(2, { position: 5, keys: 1 }),
      keys: [keyReport(1)],
    });
  });

  test('drops reports that are none, and reports in the name of another party', async t => {
    const { connection, bus } = setUp(t, keys);
    bus().publish('mpc.report.1', partyReport(2));
    bus().publish('mpc.report.1', { party: 1 });
    bus().options.onMessage('mpc.report.1', 'no JSON');
    assert.equal(connection.views().size, 0);
  });

  test('shows the other keys of a party of which one cannot be read, and names that one in the log, once', async t => {
    const log = new SilentLogger();
    const bad = { ...keyReport(1), spec: { ...keyReport(1).spec, name: 'bad' }, curve: 'x', active: 'many' };
    const answer = () => ({ result: 'keys', keys: [bad, keyReport(1)], position: 5, more: false });
    const { connection, bus } = setUp(t, answer, log);
    const report = { ...partyReport(2, { position: 5, keys: 2 }), auxiliary: { level: 1 } };
    for (let i = 0; i < 3; i++) {
      bus().publish('mpc.report.2', report);
      await settle();
    }
    const view = connection.views().get(2);
    assert.deepEqual(view?.keys, [keyReport(1)]);
    assert.deepEqual(
      view?.unreadKeys?.map(({ name }) => name),
      ['bad'],
    );
    assert.deepEqual(
      view?.unreadFields?.map(({ name }) => name),
      ['auxiliary'],
    );
    const told = log.lines.map(({ level, fields }) => [level, fields.party, fields.entry]);
    assert.deepEqual(told, [
      ['warn', 2, 'auxiliary'],
      ['warn', 2, 'bad'],
    ]);
  });

  test('forgets what a party said when it is not heard of any more, and says so', async t => {
    const { connection, bus, clock, state } = setUp(t, keys);
    bus().publish('mpc.report.1', partyReport(1, { position: 5, keys: 1 }));
    await settle();
    const before = state.changes;
    await clock.advance(REPORT_LIFETIME);
    assert.deepEqual(connection.views().get(1), { id: 1 });
    assert.equal(state.changes, before + 1);
    bus().publish('mpc.report.1', partyReport(1, { position: 5, keys: 1 }));
    assert.equal(state.changes, before + 2);
    assert.ok(connection.views().get(1)?.keys, 'the keys of the same process are still known');
  });

  test('forgets what a party said as soon as nobody listens there, until it says something again', async t => {
    const { connection, bus, state } = setUp(t, keys);
    bus().publish('mpc.report.1', partyReport(1, { position: 5, keys: 1 }));
    await settle();
    const before = state.changes;
    bus().nobodyListens = true;
    await assert.rejects(connection.command(1, { verb: 'report' }), NobodyListens);
    assert.deepEqual(connection.views().get(1), { id: 1 });
    await assert.rejects(connection.command(1, { verb: 'report' }), NobodyListens);
    assert.equal(state.changes, before + 1);
    bus().nobodyListens = false;
    bus().publish('mpc.report.1', partyReport(1, { position: 5, keys: 1 }));
    assert.ok(connection.views().get(1)?.keys);
  });

  test('shows since when a party is up', async t => {
    const { connection, bus, clock } = setUp(t, keys);
    bus().publish('mpc.report.1', partyReport(1));
    await clock.advance(5_000);
    bus().publish('mpc.report.1', partyReport(1));
    assert.equal(connection.views().get(1)?.since, 0);
    bus().publish('mpc.report.1', partyReport(1, { incarnation: 2 }));
    assert.equal(connection.views().get(1)?.since, 5_000);
  });

  test('a heartbeat that says nothing new is no change', async t => {
    const { bus, state } = setUp(t, keys);
    for (let i = 0; i < 3; i++) {
      bus().publish('mpc.report.1', partyReport(1, { position: 5, keys: 1, sessions: i }));
      await settle();
    }
    assert.equal(state.changes, 2, 'one for the report, one for the keys');
  });

  test('presignatures that come and go are told of once in a while, not each time', async t => {
    let presignatures = 0;
    const { connection, bus, clock, state } = setUp(t, command => {
      if (command.verb !== 'keys') return undefined;
      presignatures += 1;
      return { result: 'keys', keys: [{ ...keyReport(1), presignatures }], position: 5 + presignatures, more: false };
    });
    const report = async (position: number) => {
      bus().publish('mpc.report.1', partyReport(1, { position, keys: 1 }));
      await settle();
    };
    await report(5);
    const before = state.changes;
    for (let position = 7; position < 12; position++) await report(position);
    assert.equal(state.changes, before);
    await clock.advance(10_000);
    assert.equal(state.changes, before + 1);
    assert.ok((connection.views().get(1)?.keys?.[0]?.presignatures ?? 0) > 1);
  });

  test('a party that does not answer is asked again at its next report', async t => {
    const asked: Command[] = [];
    const { connection, bus } = setUp(t, command => {
      asked.push(command);
      return asked.length === 1 ? undefined : keys(command);
    });
    bus().publish('mpc.report.1', partyReport(1, { position: 5, keys: 1 }));
    await settle();
    assert.equal(connection.views().get(1)?.keys, undefined);
    bus().publish('mpc.report.1', partyReport(1, { position: 5, keys: 1 }));
    await settle();
    assert.equal(connection.views().get(1)?.keys?.length, 1);
  });

  test('a malformed reply is an error, not an answer', async t => {
    const { connection, bus } = setUp(t, () => ({ result: 'accepted' }));
    await assert.doesNotReject(connection.command(1, { verb: 'report' }));
    const broken = new FakeBus(bus().options, () => '{"result":"yes"}');
    const other = new PartyConnection({ url: '', credentials, log: silent, open: () => broken, onChange: () => {} });
    await assert.rejects(other.command(1, { verb: 'report' }), /malformed/);
  });

  test('takes renewed credentials without forgetting what it knows', async t => {
    const { connection, bus, buses } = setUp(t, keys);
    bus().publish('mpc.report.1', partyReport(1, { position: 5, keys: 1 }));
    await settle();
    await connection.use({ ...credentials });
    assert.equal(buses.length, 1, 'the same credentials');
    await connection.use({ ...credentials, certificate: 'renewed' });
    assert.equal(buses.length, 2);
    assert.equal(buses[0]?.closed, true);
    assert.ok(connection.views().get(1)?.keys);
  });

  test('is settled when every party had the time to report', async t => {
    const { connection, clock } = setUp(t, keys);
    assert.equal(connection.settled, false);
    await clock.advance(REPORT_LIFETIME);
    assert.equal(connection.settled, true);
  });
});

test('there is one connection for each cluster, until it is closed', async () => {
  const opened: FakeBus[] = [];
  const connections = new Connections(options => {
    opened.push(new FakeBus(options, () => undefined));
    return opened.at(-1) ?? assert.fail();
  }, silent);
  const changed: string[] = [];
  connections.onChange(({ name }) => changed.push(name));
  const [a, b] = [
    { namespace: 'ns', name: 'a' },
    { namespace: 'ns', name: 'b' },
  ];
  const first = await connections.ensure(a, 'tls://a', credentials);
  await connections.ensure(b, 'tls://b', credentials);
  assert.equal(await connections.ensure(a, 'tls://a', credentials), first);
  opened[1]?.options.onConnection(true);
  assert.deepEqual(changed, ['b']);
  await connections.close(a);
  assert.equal(connections.get(a), undefined);
  assert.deepEqual(
    opened.map(bus => bus.closed),
    [true, false],
  );
  await connections.closeAll();
  assert.equal(opened[1]?.closed, true);
});
