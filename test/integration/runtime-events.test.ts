import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { EventRecorder } from '@mpc-operator/runtime/events';
import { ConfigMap, Event } from '@mpc-operator/runtime/resource';
import { configMap, until, type World, world } from './runtime-world.ts';

async function recorded({ others, namespace }: World) {
  return (await others.list(Event, { namespace })).items.filter(
    event => event.reportingController === 'runtime.test/x',
  );
}

describe('events on a real API server', () => {
  test('are one for the first time, and a series for the next', async t => {
    const w = await world(t);
    const options = { reportingController: 'runtime.test/x', reportingInstance: 'x-1', log: w.log };
    const recorder = new EventRecorder({ client: w.client, ...options });
    t.after(() => recorder.close(AbortSignal.timeout(1_000)));
    const object = await w.client.create(ConfigMap, configMap(w.namespace, 'a'));
    const related = await w.client.create(ConfigMap, configMap(w.namespace, 'b'));
    const note = { type: 'Warning', reason: 'NoQuorum', action: 'Signing', note: 'x'.repeat(5_000), related } as const;
    recorder.event(object, note);
    await until('the event', async () => (await recorded(w)).length === 1);
    const [event] = await recorded(w);
    assert.equal(event?.regarding?.uid, object.metadata.uid);
    assert.equal(event?.related?.name, 'b');
    assert.equal(event?.series, undefined);
    for (let i = 0; i < 5; i++) recorder.event(object, note);
    await until('the series', async () => (await recorded(w))[0]?.series !== undefined);
    await recorder.close(AbortSignal.timeout(5_000));
    const after = await recorded(w);
    assert.equal(after.length, 1);
    assert.equal(after[0]?.series?.count, 6);
    assert.deepEqual(
      w.log.lines.filter(line => line.level !== 'info'),
      [],
    );
  });
});
