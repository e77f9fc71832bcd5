import { DeadlineExceeded } from './deadline.ts';
import type { HttpResponse } from './transport.ts';

const MAX_ATTEMPTS = 4;
/**
 * The longest Retry-After, in seconds, that is waited for here. A longer one is reported, since the caller's own
 * back-off knows better.
 */
const MAX_RETRY_AFTER = 30;

/**
 * When a request may be sent again: never; if the server refused to look at it; or also if nobody knows what became of
 * it.
 */
export type Retry = 'never' | 'refused' | 'idempotent';

/**
 * Returns how many milliseconds to wait before the next attempt of a request; undefined if there shall be none. A
 * server that answers 429, or 503 with Retry-After, has not looked at the request: sending it again is safe. After
 * another 5xx, or an error of the network, nobody knows whether the request was carried out: it is sent again only if
 * that does no harm.
 */
export function retryDelay(
  outcome: HttpResponse | { readonly error: unknown },
  attempt: number,
  retry: Retry,
): number | undefined {
  if (retry === 'never' || attempt >= MAX_ATTEMPTS) return undefined;
  const backoff = 100 * 2 ** (attempt - 1) * (1 + Math.random());
  if ('error' in outcome) return retry === 'idempotent' && isNetworkError(outcome.error) ? backoff : undefined;
  const { status, retryAfter } = outcome;
  const seconds = Number(retryAfter ?? 0);
  if (!mayRepeat(status, retryAfter !== undefined, retry) || !(seconds <= MAX_RETRY_AFTER)) return undefined;
  return Math.max(backoff, seconds * 1000);
}

/**
 * Whether a request with this answer may be repeated. A 504 took the server its whole patience already, and is left to
 * the patience of the caller.
 */
function mayRepeat(status: number, asked: boolean, retry: Retry): boolean {
  if (status === 429 || (status === 503 && asked)) return true;
  return retry === 'idempotent' && asked && [500, 502].includes(status);
}

/**
 * Whether the error is one of the network. Errors of sockets, of TLS and of undici carry a code in words. A deadline of
 * ours is an error of the network, too: it means silence.
 */
export function isNetworkError(error: unknown): boolean {
  return (
    error instanceof DeadlineExceeded || (error instanceof Error && 'code' in error && typeof error.code === 'string')
  );
}
