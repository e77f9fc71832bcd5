/** A direct message with the name of its channel in front: its subject has no place for it. */
import { concatBytes } from '@noble/hashes/utils.js';

export interface Frame {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export function encodeFrame({ name, bytes }: Frame): Uint8Array {
  const encoded = Buffer.from(name, 'latin1');
  if (encoded.length > 255) throw new RangeError('the name of a channel has at most 255 characters');
  return concatBytes(Uint8Array.of(encoded.length), encoded, bytes);
}

/** Undefined for what is no frame. */
export function decodeFrame(frame: Uint8Array): Frame | undefined {
  const length = frame[0];
  if (length === undefined || frame.length < 1 + length) return undefined;
  return { name: Buffer.from(frame.subarray(1, 1 + length)).toString('latin1'), bytes: frame.subarray(1 + length) };
}
