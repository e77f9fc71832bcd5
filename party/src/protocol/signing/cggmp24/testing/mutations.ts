import type { Curve, Point } from '../../../curve/curve.ts';
import { PaillierKey } from '../paillier/paillier.ts';
import { RingPedersen } from '../paillier/ring-pedersen.ts';
import { testKey, testParameters, testRing } from './parameters.ts';

/** A value with one change in it, and the path of the change. */
export interface Mutation<T> {
  readonly path: string;
  readonly value: T;
}

/**
 * Returns everything that can be changed in a value, one change at a time: each number by 2, each point by G, each bit,
 * each key to another key, each list by its length, its first and its last item and one item between. Fields are not
 * listed by hand, so none is forgotten.
 */
export function mutations<T>(curve: Curve, value: T): readonly Mutation<T>[] {
  return [...mutate(curve, value, '')].map(({ path, value: changed }) => ({ path, value: changed as T }));
}

function* mutate(curve: Curve, value: unknown, path: string): Generator<Mutation<unknown>> {
  if (typeof value === 'bigint') yield { path: `${path} + 2`, value: value + 2n };
  else if (typeof value === 'boolean') yield { path: `${path}, negated`, value: !value };
  else if (value instanceof Uint8Array)
    yield { path: `a bit of ${path}`, value: value.map((byte, i) => (i === 0 ? byte ^ 1 : byte)) };
  else if (isPoint(curve, value)) yield { path: `${path} + G`, value: curve.addPoints(value, curve.base) };
  else if (value instanceof PaillierKey) yield { path: `another ${path}`, value: PaillierKey.of(testKey(9).n) };
  else if (value instanceof RingPedersen) yield* mutateRing(value, path);
  else if (Array.isArray(value)) yield* mutateList(curve, value, path);
  else if (typeof value === 'object' && value !== null) yield* mutateFields(curve, value, path);
  else throw new TypeError(`${path}: nothing is known that would change a ${typeof value}`);
}

function* mutateRing({ modulus, s, t }: RingPedersen, path: string): Generator<Mutation<unknown>> {
  yield { path: `another ${path}`, value: testRing(10).ring };
  yield { path: `${path}.s²`, value: RingPedersen.parse(modulus.value, modulus.power(s, 2n), t, testParameters) };
  yield { path: `${path}.t²`, value: RingPedersen.parse(modulus.value, s, modulus.power(t, 2n), testParameters) };
}

function* mutateList(curve: Curve, list: readonly unknown[], path: string): Generator<Mutation<unknown>> {
  yield { path: `${path} without its last`, value: list.slice(0, -1) };
  yield { path: `${path} with one more`, value: [...list, list[0]] };
  yield { path: `${path}, empty`, value: [] };
  for (const i of new Set([0, Math.floor(Math.random() * list.length), list.length - 1]))
    for (const changed of mutate(curve, list[i], `${path}[${i}]`))
      yield { path: changed.path, value: list.with(i, changed.value) };
}

function* mutateFields(curve: Curve, fields: object, path: string): Generator<Mutation<unknown>> {
  for (const [name, field] of Object.entries(fields))
    for (const changed of mutate(curve, field, path === '' ? name : `${path}.${name}`))
      yield { path: changed.path, value: { ...fields, [name]: changed.value } };
}

function isPoint(curve: Curve, value: unknown): value is Point {
  try {
    curve.isIdentity(value as Point);
    return true;
  } catch {
    return false;
  }
}
