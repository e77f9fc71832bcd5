/** Prints what happens as it happens, with its duration. */

const started = Date.now();
const seconds = (since: number): string => `${((Date.now() - since) / 1000).toFixed(1)} s`;

/** Runs one step of the demo and reports it; the return value of `run` is shown as its result. */
export async function step<T>(title: string, run: () => Promise<T>): Promise<T> {
  process.stdout.write(`\n\x1b[1m▶ ${title}\x1b[0m\n`);
  const begin = Date.now();
  try {
    const result = await run();
    process.stdout.write(`  \x1b[32m✔\x1b[0m ${seconds(begin)}\n`);
    return result;
  } catch (error) {
    process.stdout.write(
      `  \x1b[31m✘\x1b[0m ${seconds(begin)}: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    throw error;
  }
}

/** Prints a line about what is seen within a step. */
export function tell(text: string): void {
  for (const line of text.trimEnd().split('\n')) process.stdout.write(`  ${line}\n`);
}

export const sinceStart = (): string => seconds(started);
