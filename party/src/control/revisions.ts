/**
 * Numbers the changes of what this party tells of its keys, by the name of the key, so that the operator can ask for what is new. The
 * numbers begin anew with every start of the party.
 */
export class Revisions {
  readonly #byName = new Map<string, number>();
  #current = 0;

  /** The number of the last change. */
  get current(): number {
    return this.#current;
  }

  /** How many names there is something to tell of. */
  get count(): number {
    return this.#byName.size;
  }

  /** Something about the key has changed. */
  touch(name: string): void {
    this.#current += 1;
    this.#byName.delete(name); // moves to the end: the map is in the order of changes
    this.#byName.set(name, this.#current);
  }

  /** The key is gone. */
  remove(name: string): void {
    this.#current += 1;
    this.#byName.delete(name);
  }

  /** Names that changed after `revision`, in the order of their last changes. */
  since(revision: number): { readonly name: string; readonly revision: number }[] {
    return [...this.#byName].filter(([, r]) => r > revision).map(([name, r]) => ({ name, revision: r }));
  }
}
