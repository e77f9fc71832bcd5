/** Resolves if all is well; otherwise throws an error that says what is not. */
export type Check = () => unknown;

/** Named checks behind one probe. */
export class Checks {
  readonly #checks = new Map<string, Check>();

  /** Adds a check, or replaces the one of the same name. Its errors are shown to whoever asks: no secrets in them. */
  add(name: string, check: Check): void {
    this.#checks.set(name, check);
  }

  /** All checks that fail, with their reasons. Empty: all is well. */
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
