/**
 * Numbers the changes of what this party reports of its keys, by the name of the key, so that the operator can ask for
 * what is new. The numbers begin anew with every start of the party.
 */
export class Revisions {
  readonly #byName = new Map<string, number>();
  readonly #listeners = new Set<() => void>();
  #current = 0;

  /** The number of the last change. */
  get current(): number {
    return this.#current;
  }

  /** The number of keys that there is something to report of. */
  get count(): number {
    return this.#byName.size;
  }

  /** Calls `listener` whenever there is something new to report. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Notes a change of this party that is not about a single key. */
  partyChanged(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Notes a change of the key of this name. */
  touch(name: string): void {
    this.#current += 1;
    this.#byName.delete(name); // moves to the end: the map is in the order of changes
    this.#byName.set(name, this.#current);
    this.partyChanged();
  }

  /** Notes that the key of this name is gone. */
  remove(name: string): void {
    this.#current += 1;
    this.#byName.delete(name);
    this.partyChanged();
  }

  /** The names of keys that changed after `revision`, in the order of their last changes. */
  since(revision: number): { readonly name: string; readonly revision: number }[] {
    return [...this.#byName].filter(([, r]) => r > revision).map(([name, r]) => ({ name, revision: r }));
  }
}
