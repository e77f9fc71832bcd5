import { type Bus, type BusOptions, NobodyListens } from '../parties/bus.ts';

/** A Bus whose other end is a function. */
export class FakeBus implements Bus {
  readonly options: BusOptions;
  readonly #answer: (subject: string, payload: string) => string | undefined;
  connected = true;
  closed = false;
  nobodyListens = false;

  constructor(options: BusOptions, answer: (subject: string, payload: string) => string | undefined) {
    this.options = options;
    this.#answer = answer;
  }

  async request(subject: string, payload: string): Promise<string> {
    if (this.nobodyListens) throw new NobodyListens(subject);
    const answer = this.#answer(subject, payload);
    if (answer === undefined) throw new Error('timeout');
    return answer;
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  /** Delivers a message. */
  publish(subject: string, content: unknown): void {
    this.options.onMessage(subject, JSON.stringify(content));
  }
}
