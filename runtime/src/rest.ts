import { parseApiError } from './api-error.ts';
import { type Clock, sleep, systemClock } from './clock.ts';
import { restRequests } from './metrics.ts';
import { type Retry, retryDelay } from './retry.ts';
import { TokenBucket } from './token-bucket.ts';
import type { HttpRequest, Transport } from './transport.ts';

export interface RestOptions {
  readonly transport: Transport;
  /** The number of requests per second, and of requests at once after a pause. Default: 50 and 100. */
  readonly rateLimit?: { readonly perSecond: number; readonly burst: number };
  /** Milliseconds for one attempt of a request, its answer included. Default: 10 000. */
  readonly timeout?: number;
  readonly clock?: Clock;
}

/** Sends requests to an API server: limited in rate, retried where that is safe, counted, and with typed errors. */
export class RestClient {
  readonly #transport: Transport;
  readonly #bucket: TokenBucket;
  readonly #timeout: number;
  readonly #clock: Clock;

  constructor(options: RestOptions) {
    this.#transport = options.transport;
    this.#timeout = options.timeout ?? 10_000;
    this.#clock = options.clock ?? systemClock;
    this.#bucket = new TokenBucket({ ...(options.rateLimit ?? { perSecond: 50, burst: 100 }), clock: this.#clock });
  }

  /** Sends a request and parses the answer. The caller knows what type the path answers with. */
  async call<T>(request: HttpRequest, retry: Retry): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      await this.#throttle(request.signal);
      const outcome = await this.#counted(request, () => this.#transport.exchange(request, this.#timeout)).catch(
        (error: unknown) => ({ error }),
      );
      const delay = request.signal?.aborted ? undefined : retryDelay(outcome, attempt, retry);
      if (delay !== undefined) {
        await sleep(this.#clock, delay, request.signal);
      } else if ('error' in outcome) {
        throw outcome.error;
      } else if (outcome.status < 200 || outcome.status > 299) {
        throw parseApiError(outcome.status, outcome.text, outcome.retryAfter);
      } else {
        return JSON.parse(outcome.text);
      }
    }
  }

  /**
   * Sends a request once and hands out the body as it comes. The body fails after `silence` milliseconds without a
   * byte.
   */
  async stream(request: HttpRequest, silence: number): Promise<AsyncIterable<Uint8Array>> {
    await this.#throttle(request.signal);
    const answer = await this.#counted(request, () => this.#transport.stream(request, silence));
    if ('status' in answer) throw parseApiError(answer.status, answer.text, answer.retryAfter);
    return answer;
  }

  async #counted<T extends object>(request: HttpRequest, send: () => Promise<T>): Promise<T> {
    const labels = { method: request.method, host: this.#transport.host };
    try {
      const answer = await send();
      restRequests.inc({ ...labels, code: 'status' in answer ? String(answer.status) : '200' });
      return answer;
    } catch (error) {
      restRequests.inc({ ...labels, code: '<error>' });
      throw error;
    }
  }

  async #throttle(signal: AbortSignal | undefined): Promise<void> {
    const delay = this.#bucket.reserve();
    if (delay > 0) await sleep(this.#clock, delay, signal);
  }
}

export function json(value: unknown, contentType = 'application/json'): { contentType: string; text: string } {
  return { contentType, text: JSON.stringify(value) };
}

export type Query = { readonly [name: string]: string | number | boolean | undefined };

/** Returns the path with those parameters that have a value. */
export function withQuery(path: string, query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') parameters.set(name, String(value));
  }
  return parameters.size === 0 ? path : `${path}?${parameters}`;
}
