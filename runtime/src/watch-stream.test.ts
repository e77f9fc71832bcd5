import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ApiError, isExpired } from './api-error.ts';
import { decodeWatch } from './watch-stream.ts';

async function* bytes(...chunks: readonly (string | Uint8Array)[]) {
  for (const chunk of chunks) yield typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk;
}

async function collect(chunks: AsyncIterable<Uint8Array>) {
  const events = [];
  for await (const event of decodeWatch(chunks)) events.push(event);
  return events;
}

const added = {
  type: 'ADDED',
  object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'größe', resourceVersion: '7' } },
};

describe('the stream of a watch', () => {
  test('is read whatever the borders of its chunks, in the middle of a character, too', async () => {
    const text = new TextEncoder().encode(`${JSON.stringify(added)}\n${JSON.stringify(added)}\n`);
    for (let at = 0; at <= text.length; at++) {
      assert.deepEqual(await collect(bytes(text.slice(0, at), text.slice(at))), [added, added]);
    }
  });

  test('yields a bookmark as the version that was reached', async () => {
    const { object } = added;
    const bookmark = { type: 'BOOKMARK', object: { ...object, metadata: { resourceVersion: '99' } } };
    assert.deepEqual(await collect(bytes(`${JSON.stringify(bookmark)}\n`)), [
      { type: 'BOOKMARK', resourceVersion: '99' },
    ]);
  });

  test('throws an ERROR event as the error that it is', async () => {
    const status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' };
    const event = `${JSON.stringify({ type: 'ERROR', object: status })}\n`;
    await assert.rejects(collect(bytes(event)), (error: unknown) => error instanceof ApiError && isExpired(error));
  });

  test('drops an event that was cut off, which comes again after the reconnect', async () => {
    const text = `${JSON.stringify(added)}\n${JSON.stringify(added)}`;
    assert.deepEqual(await collect(bytes(text.slice(0, -5))), [added]);
  });

  test('refuses what is no event', async () => {
    await assert.rejects(collect(bytes('"no event"\n')), /no event/);
    await assert.rejects(collect(bytes('{"type":"ADDED"}\n')), /without an object/);
    await assert.rejects(collect(bytes('<html>\n')), SyntaxError);
    await assert.rejects(collect(bytes(`${JSON.stringify({ ...added, type: 'NEW' })}\n`)), /unknown type NEW/);
  });
});
