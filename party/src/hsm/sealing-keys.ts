import { KeyType, ObjectClass, type Session, type SessionObject } from 'graphene-pk11';
import type { Handle } from 'pkcs11js';

const KEY_BYTES = 32;

/** What a sealing key must be: made in this token, never to leave it, of no use but sealing. */
export const KEY_TEMPLATE = {
  class: ObjectClass.SECRET_KEY,
  keyType: KeyType.AES,
  valueLen: KEY_BYTES,
  private: true,
  sensitive: true,
  extractable: false,
  modifiable: false,
  encrypt: true,
  decrypt: true,
  wrap: false,
  unwrap: false,
  derive: false,
  sign: false,
  verify: false,
} as const;

/** What the token itself says of a key that was made in it and never could leave; nobody can give a key they know these. */
const TRUSTED = {
  keyType: KeyType.AES,
  valueLen: KEY_BYTES,
  local: true,
  sensitive: true,
  alwaysSensitive: true,
  extractable: false,
  neverExtractable: true,
} as const;

/**
 * The objects of one generation's label. One that cannot be trusted is a key that somebody imported and may know, or one that the
 * token had not finished when it was killed (SoftHSM makes a key in two writes). Nothing is ever sealed under it.
 */
export type SealingKey =
  | { readonly trusted: true; readonly handle: Handle }
  | { readonly trusted: false; readonly handles: readonly Handle[]; readonly why: string };

/** Whatever is in the token under `<prefix>/<generation>`, by generation. */
export function findSealingKeys(session: Session, prefix: string): ReadonlyMap<number, SealingKey> {
  const found = session.find({ class: ObjectClass.SECRET_KEY, token: true });
  const keys = new Map<number, SealingKey>();
  for (let i = 0; i < found.length; i++) {
    const object = found.items(i);
    const generation = generationOf(object.getAttribute({ label: null }).label ?? '', prefix);
    if (generation === undefined) continue;
    const other = keys.get(generation);
    keys.set(generation, other ? oneOfMany(other, object) : assessed(object));
  }
  return keys;
}

function generationOf(label: string, prefix: string): number | undefined {
  if (!label.startsWith(`${prefix}/`)) return undefined;
  const generation = Number(label.slice(prefix.length + 1));
  return Number.isSafeInteger(generation) && `${prefix}/${generation}` === label ? generation : undefined;
}

function assessed(object: SessionObject): SealingKey {
  const actual = object.getAttribute({
    keyType: null,
    valueLen: null,
    local: null,
    sensitive: null,
    alwaysSensitive: null,
    extractable: null,
    neverExtractable: null,
  });
  const wrong = Object.entries(TRUSTED).filter(([name, value]) => actual[name] !== value);
  if (wrong.length === 0) return { trusted: true, handle: object.handle };
  const why = `it was not made in this token, or can leave it (${wrong.map(([name]) => name).join(', ')})`;
  return { trusted: false, handles: [object.handle], why };
}

function oneOfMany(other: SealingKey, object: SessionObject): SealingKey {
  const handles = [...handlesOf(other), object.handle];
  return { trusted: false, handles, why: `there are ${handles.length} of that name` };
}

export const handlesOf = (key: SealingKey): readonly Handle[] => (key.trusted ? [key.handle] : key.handles);
