/**
 * Sends values over a byte stream between two processes of this program: four bytes of length, big endian, then a
 * structured clone. Node's own IPC would do, but leaves copies of plaintext in buffers that nobody can wipe; here every
 * buffer is wiped once it is used.
 */
import type { Duplex } from 'node:stream';
import { deserialize, serialize } from 'node:v8';

const HEADER_BYTES = 4;
/** The limit for a frame, in bytes. The largest frame, a sealed blob with its names, is below it. */
const MAX_FRAME = 1 << 20;

/** Sends a value. Its bytes are copied; the copy is wiped when the stream has taken it. */
export function sendFrame(stream: Duplex, value: unknown): void {
  const content = serialize(value);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(content.length);
  stream.write(header);
  stream.write(content, () => content.fill(0));
}

/**
 * Takes a stream apart into frames. Their values have type T because the other end is this program too. Byte arrays in
 * a value are views of its frame: wiping them leaves no other copy.
 */
export class FrameReader<T> {
  readonly #onFrame: (value: T) => void;
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #headerFilled = 0;
  #content: Buffer | undefined;
  #contentFilled = 0;

  constructor(onFrame: (value: T) => void) {
    this.#onFrame = onFrame;
  }

  /**
   * Takes a chunk of the stream, in order, and wipes it.
   * @throws RangeError if the stream cannot consist of frames
   */
  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) at += this.#take(chunk.subarray(at));
    chunk.fill(0);
  }

  #take(bytes: Buffer): number {
    if (!this.#content) {
      const taken = bytes.copy(this.#header, this.#headerFilled);
      this.#headerFilled += taken;
      if (this.#headerFilled === HEADER_BYTES) this.#begin(this.#header.readUInt32BE());
      return taken;
    }
    const taken = bytes.copy(this.#content, this.#contentFilled);
    this.#contentFilled += taken;
    if (this.#contentFilled === this.#content.length) this.#end(this.#content);
    return taken;
  }

  #begin(length: number): void {
    if (length === 0 || length > MAX_FRAME) throw new RangeError(`a frame of ${length} bytes`);
    this.#content = Buffer.alloc(length);
    this.#contentFilled = 0;
  }

  #end(content: Buffer): void {
    this.#content = undefined;
    this.#headerFilled = 0;
    this.#onFrame(deserialize(content));
  }
}
