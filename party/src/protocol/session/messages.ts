/**
 * The messages of a protocol, declared once, with codec, size limit and kind. The kind decides how a message may
 * travel.
 */

/** A strict binary encoding. `decode` accepts exactly what `encode` makes. */
export interface Codec<T> {
  /** A longer message is refused before it is decoded. */
  readonly maxBytes: number;
  encode(value: T): Uint8Array;
  /** @throws EncodingError naming the fault */
  decode(bytes: Uint8Array): T;
}

/**
 * - `echo`: to all parties. Before any party goes on, all compare hashes of what they received: nobody can tell two
 *   parties different things
 * - `plain`: to all parties, where telling different things gains nothing, such as a last message
 * - `direct`: to one party; can only travel encrypted to its recipient
 */
export type Kind = 'echo' | 'plain' | 'direct';

export interface Message<T, K extends Kind> {
  readonly kind: K;
  readonly codec: Codec<T>;
}

export const echo = <T>(codec: Codec<T>): Message<T, 'echo'> => ({ kind: 'echo', codec });
export const plain = <T>(codec: Codec<T>): Message<T, 'plain'> => ({ kind: 'plain', codec });
export const direct = <T>(codec: Codec<T>): Message<T, 'direct'> => ({ kind: 'direct', codec });

/** All messages of a protocol, by the name of their round. */
export interface Messages {
  readonly [round: string]: Message<unknown, Kind>;
}

/** The names of the rounds of M whose messages are of kind K. */
export type Rounds<M, K extends Kind> = { [R in keyof M]: M[R] extends { kind: K } ? R : never }[keyof M] & string;

/** What a message of round R carries. */
export type Payload<M, R extends keyof M> = M[R] extends { codec: Codec<infer T> } ? T : never;
