/** Returns the CPU milliseconds of this process since `start`. */
export function cpuSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** The CPU time of the same work, done again and again. */
export class Times {
  readonly #warmUp: number;
  readonly #milliseconds: number[] = [];

  /** @param warmUp the number of first runs that do not count */
  constructor(warmUp: number) {
    this.#warmUp = warmUp;
  }

  async of<T>(work: () => T | Promise<T>): Promise<T> {
    const start = process.cpuUsage();
    const result = await work();
    this.#milliseconds.push(cpuSince(start));
    return result;
  }

  median(): number {
    const sorted = this.#milliseconds.slice(this.#warmUp).sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  }
}
