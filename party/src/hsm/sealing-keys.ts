import { KeyType, ObjectClass, type Session, type SessionObject } from 'graphene-pk11';
import type { Handle } from 'pkcs11js';

const KEY_BYTES = 32;

/** The template of a sealing key: made in this token, never to leave it, of no use but sealing. */
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

/**
 * The attributes with which the token itself marks a key that was made in it and never could leave it. Nobody can give
 * these attributes to a key that they know.
 */
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
 * The objects with the label of one generation. An object that cannot be trusted is a key that somebody imported and
 * may know, or a key that the token had not finished when it was killed (SoftHSM makes a key in two writes). Nothing is
 * ever sealed under such a key.
 */
export type SealingKey =
  | { readonly trusted: true; readonly handle: Handle }
  | { readonly trusted: false; readonly handles: readonly Handle[]; readonly why: string };

/** Returns whatever the token holds under `<prefix>/<generation>`, by generation. */
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
