import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@mpc-operator/runtime/testing/fake-clock';
import type { PartyId } from '../protocol/session/party-id.ts';
import { type BrokerLimits, SessionBroker } from './session-broker.ts';

function makeBroker(limits: Partial<BrokerLimits> = {}) {
  const clock = new FakeClock();
  const sent: unknown[] = [];
  const dropped: PartyId[] = [];
  const broker = new SessionBroker(
    clock,
    (...message) => sent.push(message),
    from => dropped.push(from),
    { frames: 4, bytes: 100, ttl: 1000, ...limits },
  );
  const listen = (session: string) => {
    const heard: string[] = [];
    const channel = broker.open(session);
    const stop = channel.listen((from, bytes) => heard.push(`${from}:${Buffer.from(bytes)}`));
    return { heard, channel, stop };
  };
  const arrive = (session: string, from: PartyId, text: string) => broker.receive(session, from, Buffer.from(text));
  return { clock, sent, dropped, broker, listen, arrive };
}

test('what arrives before a session is open is handed over when it is, in order, and then what follows', () => {
  const { listen, arrive } = makeBroker();
  arrive('a', 1, 'first');
  arrive('b', 1, 'other');
  arrive('a', 2, 'second');
  arrive('a', 1, 'third');
  const { heard } = listen('a');
  arrive('a', 2, 'fourth');
  assert.deepEqual(heard, ['1:first', '2:second', '1:third', '2:fourth']);
  assert.deepEqual(listen('b').heard, ['1:other']);
});

test('I7: of each sender so many messages are kept, the newest; a flood of one displaces nothing of another', () => {
  const { listen, arrive, dropped } = makeBroker({ frames: 2 });
  arrive('a', 2, 'quiet');
  for (let i = 0; i < 5; i += 1) arrive('a', 1, `${i}`);
  assert.deepEqual(listen('a').heard, ['2:quiet', '1:3', '1:4']);
  assert.deepEqual(dropped, [1, 1, 1]);
});

test('I7: of each sender so many bytes are kept; one message that is larger is not', () => {
  const { listen, arrive, dropped } = makeBroker({ bytes: 10 });
  arrive('a', 1, '123456');
  arrive('a', 1, '7890');
  arrive('a', 1, 'x');
  assert.deepEqual(listen('a').heard, ['1:7890', '1:x']);
  arrive('b', 1, 'more than ten bytes');
  assert.deepEqual(listen('b').heard, []);
  assert.deepEqual(dropped, [1, 1]);
});

test('what was kept too long is dropped', async () => {
  const { clock, listen, arrive } = makeBroker();
  arrive('a', 1, 'stale');
  await clock.advance(900);
  arrive('a', 1, 'fresh');
  await clock.advance(200);
  assert.deepEqual(listen('a').heard, ['1:fresh']);
});

test('what arrives for a session that is over is dropped, not kept', async () => {
  const { clock, listen, arrive, dropped } = makeBroker();
  const { heard, stop } = listen('a');
  stop();
  arrive('a', 1, 'late');
  assert.deepEqual(heard, []);
  assert.deepEqual(dropped, [1]);
  assert.deepEqual(listen('a').heard, []);
  await clock.advance(2000);
  const other = listen('b');
  other.channel[Symbol.dispose]();
  arrive('b', 2, 'late');
  assert.deepEqual(dropped, [1, 2]);
});

test('a session is open once, and sends under its name', () => {
  const { broker, sent } = makeBroker();
  const channel = broker.open('a');
  assert.throws(() => broker.open('a'), RangeError);
  const bytes = Uint8Array.of(1);
  void channel.send('all', bytes);
  void channel.send(2, bytes);
  assert.deepEqual(sent, [
    ['a', 'all', bytes],
    ['a', 2, bytes],
  ]);
  channel[Symbol.dispose]();
  assert.throws(() => channel.listen(() => {}), RangeError);
});
