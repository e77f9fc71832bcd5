import type { Clock } from './clock.ts';

/** The work took longer than it was given. Nobody is to blame. */
export class DeadlineExceeded extends Error {
  override readonly name = 'DeadlineExceeded';
}

/**
 * Runs `work` with a signal that aborts when `parent` does, or after `ms` milliseconds with DeadlineExceeded. It leaves
 * neither a timer nor a listener behind; AbortSignal.any on a long-lived parent would.
 */
export async function withDeadline<T>(
  clock: Clock,
  ms: number,
  parent: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  parent?.throwIfAborted();
  const controller = new AbortController();
  const follow = () => controller.abort(parent?.reason);
  parent?.addEventListener('abort', follow, { once: true });
  const cancel = clock.after(ms, () => controller.abort(new DeadlineExceeded(`not done within ${ms} ms`)));
  try {
    return await work(controller.signal);
  } finally {
    cancel();
    parent?.removeEventListener('abort', follow);
  }
}
