import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { FrameReader, sendFrame } from './process-pipe.ts';

/** Returns all bytes that `send` writes to a stream, and the very buffers that held them. */
function written(send: (stream: Duplex) => void): { bytes: Buffer; buffers: Buffer[] } {
  const buffers: Buffer[] = [];
  const copies: Buffer[] = [];
  const stream = new Duplex({
    write(chunk, _, done) {
      buffers.push(chunk);
      copies.push(Buffer.from(chunk));
      done();
    },
  });
  send(stream);
  return { bytes: Buffer.concat(copies), buffers };
}

test('values arrive as they were sent, however the stream cuts them', () => {
  const value = fc.record(
    { id: fc.nat(), bytes: fc.uint8Array({ maxLength: 70 }), text: fc.string() },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 40 }), (values, size) => {
      const { bytes } = written(stream => {
        for (const each of values) sendFrame(stream, each);
      });
      const received: unknown[] = [];
      const reader = new FrameReader<unknown>(each => received.push(structuredClone(each)));
      for (let i = 0; i < bytes.length; i += size) reader.push(Buffer.from(bytes.subarray(i, i + size)));
      assert.deepEqual(received, values);
    }),
  );
});

test('no buffer of a frame keeps a secret once it is used', async () => {
  const secret = Buffer.alloc(40, 's');
  const { bytes, buffers } = written(stream => sendFrame(stream, { secret }));
  await new Promise(setImmediate);
  assert.ok(
    buffers.every(buffer => !buffer.includes('sss')),
    'the sender',
  );
  let received: Uint8Array = new Uint8Array();
  const reader = new FrameReader<{ secret: Buffer }>(frame => {
    received = frame.secret;
  });
  const chunk = Buffer.from(bytes);
  reader.push(chunk);
  assert.ok(!chunk.includes('s'), 'the receiver');
  assert.ok(
    received.buffer.byteLength > received.length,
    'what arrived is a view of its frame, so wiping it wipes the frame',
  );
  assert.equal(secret.toString(), 's'.repeat(40), "the sender's own bytes stay");
});

test('a stream that is not one of frames is refused', () => {
  for (const length of [0, 2 ** 31]) {
    const header = Buffer.alloc(4);
    header.writeUInt32BE(length);
    assert.throws(() => new FrameReader(() => {}).push(header), RangeError);
  }
});
