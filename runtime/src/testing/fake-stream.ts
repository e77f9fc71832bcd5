/** A response body that a test writes by hand. */
export class FakeStream implements AsyncIterable<Uint8Array> {
  readonly #chunks: (Uint8Array | Error | undefined)[] = [];
  #wake = Promise.withResolvers<void>();
  closed = false;

  /** Sends one event of a watch. */
  event(type: string, object: object): void {
    this.text(`${JSON.stringify({ type, object })}\n`);
  }

  text(text: string): void {
    this.#push(new TextEncoder().encode(text));
  }

  end(): void {
    this.#push(undefined);
  }

  fail(error: Error): void {
    this.#push(error);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, void> {
    try {
      for (;;) {
        while (this.#chunks.length === 0) await this.#wake.promise;
        const chunk = this.#chunks.shift();
        if (chunk === undefined) return;
        if (chunk instanceof Error) throw chunk;
        yield chunk;
      }
    } finally {
      this.closed = true;
    }
  }

  #push(chunk: Uint8Array | Error | undefined): void {
    this.#chunks.push(chunk);
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }
}
