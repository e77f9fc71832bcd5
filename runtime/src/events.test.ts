import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ApiClient } from './client.ts';
import { type EventNote, EventRecorder } from './events.ts';
import type { KubernetesObject } from './object.ts';
import { FakeApi, failure } from './testing/fake-api.ts';
import { FakeClock, settle } from './testing/fake-clock.ts';
import { SilentLogger } from './testing/silent-logger.ts';

const MINUTE = 60_000;
const EVENTS = '/apis/events.k8s.io/v1/namespaces/ns/events';
const note: EventNote = { type: 'Warning', reason: 'Failed', action: 'Signing', note: 'no quorum' };

function widget(name: string): KubernetesObject {
  return { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name, namespace: 'ns', uid: `uid-${name}` } };
}

function setUp() {
  const api = new FakeApi();
  const clock = new FakeClock();
  const log = new SilentLogger();
  const client = new ApiClient({ transport: api, fieldManager: 'tester', clock });
  const recorder = new EventRecorder({
    client,
    reportingController: 'example.com/tester',
    reportingInstance: 'pod-1',
    log,
    clock,
  });
  const bodies = () => api.writes.map(request => JSON.parse(request.body?.text ?? 'null'));
  return { api, clock, log, recorder, bodies };
}

describe('an event', () => {
  test('says who saw what happen to which object', async () => {
    const { recorder, bodies } = setUp();
    recorder.event(widget('w'), { ...note, related: widget('other') });
    await settle();
    const [{ metadata, ...event }] = bodies();
    assert.match(metadata.name, /^w\.[0-9a-f]+$/);
    assert.equal(metadata.namespace, 'ns');
    assert.deepEqual(event, {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      eventTime: '2026-01-01T00:00:00.000000Z',
      reportingController: 'example.com/tester',
      reportingInstance: 'pod-1',
      type: 'Warning',
      reason: 'Failed',
      action: 'Signing',
      note: 'no quorum',
      regarding: { apiVersion: 'example.com/v1', kind: 'Widget', name: 'w', namespace: 'ns', uid: 'uid-w' },
      related: { apiVersion: 'example.com/v1', kind: 'Widget', name: 'other', namespace: 'ns', uid: 'uid-other' },
    });
  });

  test('is cut to what the server takes, counted in bytes', async () => {
    const { recorder, bodies } = setUp();
    recorder.event(widget('w'), { ...note, note: 'ß'.repeat(2_000) });
    await settle();
    assert.ok(Buffer.byteLength(bodies()[0].note) <= 1_024);
  });

  test('about a cluster-scoped object is kept in the default namespace', async () => {
    const { recorder, bodies } = setUp();
    recorder.event({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } }, note);
    await settle();
    assert.equal(bodies()[0].metadata.namespace, 'default');
  });

  test('that cannot be written never disturbs its caller: a refused one is dropped', async () => {
    const { api, clock, recorder, log } = setUp();
    api.intercept = () => failure(403, 'Forbidden');
    recorder.event(widget('w'), note);
    await clock.advance(MINUTE);
    assert.equal(api.requests.length, 1);
    assert.ok(log.lines.some(line => line.message === 'an event was dropped'));
  });

  test('is tried again while the server is away', async () => {
    const { api, clock, recorder } = setUp();
    let away = true;
    api.intercept = () => (away ? Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) : undefined);
    recorder.event(widget('w'), note);
    await clock.advance(30_000);
    away = false;
    await clock.advance(30_000);
    assert.equal(api.writes.at(-1)?.method, 'POST');
    assert.ok(api.get(EVENTS, JSON.parse(api.writes.at(-1)?.body?.text ?? '').metadata.name) !== undefined);
  });
});

describe('a series', () => {
  test('is begun by the second occurrence; further ones are counted and not written', async () => {
    const { api, recorder, bodies } = setUp();
    for (let i = 0; i < 10; i++) {
      recorder.event(widget('w'), { ...note, note: `no quorum, try ${i}` });
      await settle();
    }
    assert.deepEqual(
      api.writes.map(request => request.method),
      ['POST', 'PATCH'],
    );
    assert.equal(bodies()[1].series.count, 2);
  });

  test('that ended is written with its final count, and a new one may begin', async () => {
    const { api, clock, recorder, bodies } = setUp();
    for (let i = 0; i < 10; i++) recorder.event(widget('w'), note);
    await clock.advance(13 * MINUTE);
    assert.deepEqual(bodies().at(-1).series, { count: 10, lastObservedTime: '2026-01-01T00:00:00.000000Z' });
    recorder.event(widget('w'), note);
    await settle();
    assert.equal(api.writes.at(-1)?.method, 'POST');
  });

  test('that goes on is written every half hour, so that the server keeps it', async () => {
    const { api, clock, recorder } = setUp();
    for (let minute = 0; minute < 60; minute++) {
      recorder.event(widget('w'), note);
      await clock.advance(MINUTE);
    }
    const patches = api.writes.filter(request => request.method === 'PATCH').length;
    assert.ok(patches >= 2 && patches <= 3, `${patches} patches in an hour`);
  });

  test('whose event the server has forgotten is written as a new event', async () => {
    const { api, clock, recorder, bodies } = setUp();
    recorder.event(widget('w'), note);
    await settle();
    api.remove(EVENTS, bodies()[0].metadata.name);
    recorder.event(widget('w'), note);
    await clock.advance(1_000);
    assert.equal(api.writes.at(-1)?.method, 'POST');
    assert.equal(bodies().at(-1).series.count, 2);
  });

  test('is one for each object, type, reason and action', async () => {
    const { api, recorder } = setUp();
    recorder.event(widget('w'), note);
    recorder.event(widget('v'), note);
    recorder.event(widget('w'), { ...note, type: 'Normal' });
    recorder.event(widget('w'), { ...note, reason: 'Other' });
    recorder.event(widget('w'), { ...note, action: 'Other' });
    await settle();
    assert.equal(api.writes.filter(request => request.method === 'POST').length, 5);
  });
});

describe('the spam filter', () => {
  test('lets 25 different events about one object through, and then one in five minutes', async () => {
    const { api, clock, recorder } = setUp();
    const many = () => {
      for (let i = 0; i < 40; i++)
        recorder.event(widget('w'), { ...note, reason: `Reason${api.requests.length}x${i}` });
    };
    many();
    await clock.advance(1_000);
    assert.equal(api.writes.length, 25);
    await clock.advance(5 * MINUTE);
    many();
    await clock.advance(1_000);
    assert.equal(api.writes.length, 26);
    recorder.event(widget('another'), note);
    await clock.advance(1_000);
    assert.equal(api.writes.length, 27);
  });
});

describe('closing', () => {
  test('writes what is queued and the counts, and leaves no timer behind', async () => {
    const { clock, recorder, bodies } = setUp();
    for (let i = 0; i < 7; i++) recorder.event(widget('w'), note);
    await recorder.close(AbortSignal.timeout(1_000));
    assert.equal(bodies().at(-1).series.count, 7);
    assert.equal(clock.pending, 0);
  });

  test('does not wait longer than it may', async () => {
    const { api, recorder } = setUp();
    api.intercept = () => Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    recorder.event(widget('w'), note);
    const stop = new AbortController();
    const closed = recorder.close(stop.signal);
    await settle();
    stop.abort();
    await closed;
  });
});
