/** Time as the runtime sees it, so that tests can move it by hand. */
export interface Clock {
  /** Milliseconds that only ever grow, whatever happens to the wall clock: for durations. */
  now(): number;
  /** The wall clock: for what people and other machines read. */
  date(): Date;
  /** Calls `callback` once after `ms` milliseconds, however many; calling the returned function before cancels that. */
  after(ms: number, callback: () => void): () => void;
}

/**
 * The longest wait for one timer: setTimeout fires at once for anything longer than 2^31-1 ms (24.8 days), so longer
 * waits are cut in pieces.
 */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => new Date(),
  after(ms, callback) {
    let timer: NodeJS.Timeout;
    const wait = (left: number) => {
      const piece = Math.min(left, LONGEST_TIMEOUT);
      timer = setTimeout(() => (left > piece ? wait(left - piece) : callback()), piece);
    };
    wait(Math.max(0, ms));
    return () => clearTimeout(timer);
  },
};

/** Resolves after `ms` milliseconds; rejects with the signal's reason as soon as it aborts. */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const cancel = clock.after(ms, () => {
      signal?.removeEventListener('abort', abort);
      resolve();
    });
    const abort = () => {
      cancel();
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', abort, { once: true });
  });
}

/** Returns `ms` lengthened by a random part: between `ms` and `ms · (1 + factor)`, as client-go's wait.Jitter. */
export function jitter(ms: number, factor: number): number {
  return ms * (1 + Math.random() * factor);
}
