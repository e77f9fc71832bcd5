/** A check that resolves if all is well, and otherwise throws an error that says what is not. */
export type Check = () => unknown;

/** Named checks behind one probe. */
export class Checks {
  readonly #checks = new Map<string, Check>();

  /**
   * Adds a check, or replaces the check of the same name. Anybody who asks is shown its errors, so they hold no
   * secrets.
   */
  add(name: string, check: Check): void {
    this.#checks.set(name, check);
  }

  /** Returns all checks that fail, with their reasons. Empty: all is well. */
  async failures(): Promise<readonly { readonly name: string; readonly reason: string }[]> {
    const verdicts = await Promise.all([...this.#checks].map(([name, check]) => verdict(name, check)));
    return verdicts.filter(found => found !== undefined);
  }
}

async function verdict(name: string, check: Check) {
  try {
    await check();
    return undefined;
  } catch (error) {
    return { name, reason: error instanceof Error ? error.message : String(error) };
  }
}
