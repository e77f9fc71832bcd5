/**
 * Messages at the ends of what may be said. They are made of the codec of a message and an honest message, so that no
 * test has to list the fields of a message, and no field is forgotten.
 */
import { type Curve, curves, type Point } from '../curve/curve.ts';
import { tryDecode } from '../session/codec.ts';
import type { Codec } from '../session/messages.ts';

/** A change that makes one value of a message extreme, or all numbers at once. */
export interface Extreme<T> {
  readonly path: string;
  /** Whether numbers are changed, of which there are many extremes. */
  readonly isOfNumbers: boolean;
  /** Returns the changed message, decoded from its encoding; undefined if no message may say that. */
  change(message: T): T | undefined;
}

/** A value inside a message: an integer, a point, bytes or a bit. */
interface Leaf {
  readonly path: readonly string[];
  readonly value: unknown;
}

/**
 * Returns every extreme that the codec accepts: each number as each of `numbers`, as the largest and the smallest that
 * the codec has room for, and all numbers at once as each of these; each point as the generator; each number and point
 * as the opposite of what another party says there, so that their sum is 0; bytes of zeros and of ones; each bit
 * changed. `refused` are the changes that no message may say, such as the number beyond the largest, 0 where there may
 * be no 0, and the identity.
 * @param other the message of another party
 */
export function extremesOf<T>(
  codec: Codec<T>,
  sample: T,
  other: T,
  numbers: readonly bigint[],
): { readonly accepted: readonly Extreme<T>[]; readonly refused: readonly string[] } {
  const leaves = [...leavesOf(sample, [])];
  const single = leaves.flatMap(leaf => ofLeaf(codec, sample, other, leaf, numbers));
  const everywhere = numbers.map(n => everywhereAs(codec, leaves, n));
  const all = [...single, ...everywhere];
  const accepted = all.filter(extreme => extreme.change(sample) !== undefined);
  return { accepted, refused: all.filter(extreme => !accepted.includes(extreme)).map(({ path }) => path) };
}

/** Items of a list that stand for all others: the first and the last. */
const endsOf = (length: number): readonly number[] => [...new Set([0, length - 1])].filter(i => i >= 0);

function* leavesOf(value: unknown, path: readonly string[]): Generator<Leaf> {
  if (Array.isArray(value)) for (const i of endsOf(value.length)) yield* leavesOf(value[i], [...path, String(i)]);
  else if (isLeaf(value)) yield { path, value };
  else if (typeof value === 'object' && value !== null)
    for (const [name, field] of Object.entries(value)) yield* leavesOf(field, [...path, name]);
  else throw new TypeError(`${path.join('.')}: nothing is known of the ends of a ${typeof value}`);
}

const isLeaf = (value: unknown): boolean =>
  typeof value === 'bigint' ||
  typeof value === 'boolean' ||
  value instanceof Uint8Array ||
  curveOf(value) !== undefined;

function ofLeaf<T>(
  codec: Codec<T>,
  sample: T,
  other: T,
  { path, value }: Leaf,
  numbers: readonly bigint[],
): Extreme<T>[] {
  const theirs = valueAt(other, path);
  const as = (what: string, change: (old: unknown) => unknown): Extreme<T> => ({
    path: `${path.join('.') || 'the message'} ${what}`,
    isOfNumbers: typeof value === 'bigint',
    change: message => accepted(codec, replaced(message, path, change)),
  });
  if (typeof value === 'bigint') {
    const bits = roomOf(n => as('', () => n).change(sample) !== undefined, 8 * codec.maxBytes);
    const ends = [(1n << bits) - 1n, 1n << bits, 1n - (1n << bits), -(1n << bits)];
    const opposites = typeof theirs === 'bigint' ? Object.values(curves).map(({ order }) => order - theirs) : [];
    return [...new Set([...numbers, ...ends, ...opposites])].map(n => as(`= ${shown(n)}`, () => n));
  }
  if (typeof value === 'boolean') return [as('negated', old => old !== true)];
  if (value instanceof Uint8Array)
    return [0, 255].map(byte => as(`of ${byte}s`, () => new Uint8Array(value.length).fill(byte)));
  const curve = curveOf(value);
  if (curve === undefined) return [];
  return [
    as('= the identity', () => curve.identity),
    as('= G', () => curve.base),
    as('= the opposite of the other', () => curve.negatePoint(theirs as Point)),
  ];
}

/** All numbers as n, but for those that may not be n. */
const everywhereAs = <T>(codec: Codec<T>, leaves: readonly Leaf[], n: bigint): Extreme<T> => ({
  path: `all numbers = ${shown(n)}`,
  isOfNumbers: true,
  change(message) {
    const places = leaves.filter(({ value }) => typeof value === 'bigint').map(({ path }) => path);
    const put = (changed: T, path: readonly string[]) =>
      accepted(
        codec,
        replaced(changed, path, () => n),
      );
    const fitting = places.filter(path => put(message, path) !== undefined);
    if (fitting.length < 2) return undefined;
    return fitting.reduce((changed, path) => put(changed, path) ?? changed, message);
  },
});

/** Returns the largest number of bits such that the codec accepts a number of so many ones. */
function roomOf(accepts: (n: bigint) => boolean, most: number): bigint {
  let [low, high] = [0, most];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (accepts((1n << BigInt(middle)) - 1n)) low = middle;
    else high = middle - 1;
  }
  return BigInt(low);
}

function accepted<T>(codec: Codec<T>, message: T): T | undefined {
  let encoded: Uint8Array;
  try {
    encoded = codec.encode(message);
  } catch {
    // what has no encoding cannot be said
    return undefined;
  }
  return tryDecode(codec, encoded)?.value;
}

/** Returns the value with what is at the path changed. The type stays, as far as the codec can tell. */
function replaced<T>(value: T, [name, ...rest]: readonly string[], change: (old: unknown) => unknown): T {
  if (name === undefined) return change(value) as T;
  if (Array.isArray(value)) return value.with(Number(name), replaced(value[Number(name)], rest, change)) as T;
  return { ...value, [name]: replaced(valueAt(value, [name]), rest, change) };
}

const valueAt = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((inside, name) => Object.entries(inside ?? {}).find(([key]) => key === name)?.[1], value);

const curveOf = (value: unknown): Curve | undefined =>
  Object.values(curves).find(curve => {
    try {
      curve.isIdentity(value as Point);
      return true;
    } catch {
      return false;
    }
  });

const shown = (n: bigint): string => {
  const digits = n.toString(16);
  return digits.length > 12 ? `${digits.slice(0, 5)}…${digits.slice(-4)} (${digits.length} digits)` : digits;
};
