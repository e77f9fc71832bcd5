/**
 * A value that canonical JSON can hold. Numbers are integers: other numbers have no canonical form that all agree on.
 * No class instance fits, and so no Secret fits. A member that is undefined is left out.
 */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json | undefined };

/**
 * Returns the one JSON text of a value: RFC 8785 without fractions. Members are sorted by name (UTF-16 code units),
 * there are no spaces, and members that are undefined are left out.
 *
 * @throws TypeError for a value that has no place in JSON, naming its path but never the value: bytes, Secrets and
 *   other objects with a class, functions, fractions, integers beyond 2^53, strings that are not well-formed Unicode
 */
export function canonicalJson(value: Json): string {
  return encode(value, '');
}

function encode(value: unknown, path: string): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string' && value.isWellFormed()) return JSON.stringify(value);
  if (typeof value === 'number' && Number.isSafeInteger(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item, i) => encode(item, `${path}[${i}]`)).join(',')}]`;
  if (isPlain(value)) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    members.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${members
      .map(([name, member]) => `${encode(name, path)}:${encode(member, `${path}.${name}`)}`)
      .join(',')}}`;
  }
  throw new TypeError(`${path || 'the value'} has no canonical JSON`);
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
