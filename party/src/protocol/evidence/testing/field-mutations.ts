export interface FieldMutation {
  readonly path: string;
  readonly value: unknown;
}

/**
 * Every change of one field of a JSON value: each digit at the ends and in the middle of each string, each number by
 * one, each field left out, renamed or of another type, each item left out or repeated. No test has to list fields by
 * hand.
 */
export function* fieldMutations(value: unknown, path = ''): Generator<FieldMutation> {
  if (typeof value === 'string') yield* ofString(value, path);
  else if (typeof value === 'number') for (const other of [value + 1, value - 1, -1, 0.5]) yield { path, value: other };
  else if (Array.isArray(value)) yield* ofList(value, path);
  else if (typeof value === 'object' && value !== null) yield* ofObject(value, path);
  yield { path: `${path} of another type`, value: value === null ? 0 : null };
}

function* ofString(value: string, path: string): Generator<FieldMutation> {
  yield { path: `${path} and more`, value: `${value}0` };
  yield { path: `${path} and a byte more`, value: `${value}00` };
  if (value === '') return;
  yield { path: `${path}, shorter`, value: value.slice(0, -1) };
  yield { path: `${path}, upper case`, value: `${value.toUpperCase()}${value === value.toUpperCase() ? '!' : ''}` };
  for (const at of new Set([0, value.length >> 1, value.length - 1])) {
    const other = value[at] === '1' ? '2' : '1';
    yield { path: `${path}[${at}]`, value: value.slice(0, at) + other + value.slice(at + 1) };
  }
}

function* ofList(list: readonly unknown[], path: string): Generator<FieldMutation> {
  for (const [i, item] of list.entries()) {
    yield { path: `${path} without ${i}`, value: list.toSpliced(i, 1) };
    yield { path: `${path} with ${i} twice`, value: list.toSpliced(i, 0, item) };
    for (const changed of fieldMutations(item, `${path}.${i}`))
      yield { path: changed.path, value: list.with(i, changed.value) };
  }
  if (list.length > 1) yield { path: `${path}, reversed`, value: list.toReversed() };
  else yield { path: `${path} with another`, value: [...list, {}] };
}

function* ofObject(fields: object, path: string): Generator<FieldMutation> {
  yield { path: `${path} with one more`, value: { ...fields, more: 1 } };
  for (const [name, field] of Object.entries(fields)) {
    const { [name as keyof typeof fields]: _, ...others } = fields;
    yield { path: `${path} without ${name}`, value: others };
    for (const changed of fieldMutations(field, `${path}.${name}`))
      yield { path: changed.path, value: { ...fields, [name]: changed.value } };
  }
}
