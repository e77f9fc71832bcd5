import { inspect } from 'node:util';

const REDACTED = '<redacted>';

/**
 * A secret value that prints `<redacted>` wherever it lands: logs, errors, JSON, templates, inspection. Only `expose`
 * gives the value, so that a reviewer finds every place where it comes out.
 *
 * What a Secret cannot do: JavaScript copies strings and bigints as it likes and offers no way to overwrite them.
 * `wipe` overwrites bytes. A bigint is merely let go, and lives in memory until the collector has reused its place.
 * With `using`, a secret is wiped at the end of its block.
 */
export class Secret<T> implements Disposable {
  #value: T | undefined;

  constructor(value: T) {
    this.#value = value;
  }

  /** The secret itself. @throws Error once wiped */
  expose(): T {
    if (this.#value === undefined) throw new Error('a secret is used after it was wiped');
    return this.#value;
  }

  /** Overwrites bytes with zeros, and lets go of the value. */
  wipe(): void {
    if (this.#value instanceof Uint8Array) this.#value.fill(0);
    this.#value = undefined;
  }

  [Symbol.dispose](): void {
    this.wipe();
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [Symbol.toPrimitive](): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
