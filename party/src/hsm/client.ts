import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Secret } from '../protocol/secret.ts';
import { HostProcess } from './host-process.ts';
import { type Hsm, type HsmConfig, HsmRefused, HsmUnavailable, type Observe, type Sealed } from './hsm.ts';
import type { Operation, Operations } from './protocol.ts';

export type HsmState = { readonly connected: true } | { readonly connected: false; readonly reason: string };

export interface HsmOptions {
  /** Milliseconds for one operation. */
  readonly callDeadline: number;
  /** Milliseconds to start the process, load the module, log in and test it. */
  readonly connectDeadline: number;
  /** Milliseconds between two attempts to connect: the first pause, doubled up to the longest. */
  readonly firstPause: number;
  readonly longestPause: number;
  readonly observe: Observe;
  /** Called at every change between connected and not. */
  readonly onState: (state: HsmState) => void;
  /** The program of the HSM process. */
  readonly hostFile: string;
}

const DEFAULTS: HsmOptions = {
  callDeadline: 5_000,
  connectDeadline: 15_000,
  firstPause: 100,
  longestPause: 5_000,
  observe: () => {},
  onState: () => {},
  hostFile: fileURLToPath(new URL('./host.ts', import.meta.url)),
};

/** A connection that lasted this long, in milliseconds, was a good one: the next pause is the first pause again. */
const GOOD_CONNECTION = 30_000;

/**
 * The HSM, kept connected: a process of its own holds the only connection and the only login. When the token or the way
 * to it is lost, that process is thrown away and, after a pause, another process begins from nothing; meanwhile every
 * call fails at once with `HsmUnavailable`. There is no other way back, so this way works for every loss.
 */
export class HsmClient implements Hsm {
  readonly #config: HsmConfig;
  readonly #options: HsmOptions;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  #host: HostProcess | undefined;
  #reason = 'not connected yet';
  #connected = Promise.withResolvers<void>();
  #refusedPin: string | undefined;

  /** Begins to connect at once; throws nothing if that fails. */
  constructor(config: HsmConfig, options: Partial<HsmOptions> = {}) {
    this.#config = config;
    this.#options = { ...DEFAULTS, ...options };
    this.#running = this.#run();
  }

  get state(): HsmState {
    return this.#host ? { connected: true } : { connected: false, reason: this.#reason };
  }

  /** Resolves when the HSM is connected; never, if `stop` comes first. */
  async whenConnected(): Promise<void> {
    while (!this.#host) await this.#connected.promise;
  }

  /** Logs out and ends the process. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async generations(): Promise<number[]> {
    return await this.#call('generations', undefined);
  }

  async createGeneration(generation: number): Promise<void> {
    await this.#call('create', { generation });
  }

  async destroyGeneration(generation: number): Promise<void> {
    await this.#call('destroy', { generation });
  }

  async seal(generation: number, plaintext: Secret<Uint8Array>, aad: Uint8Array): Promise<Sealed> {
    return await this.#call('seal', { generation, plaintext: plaintext.expose(), aad });
  }

  async open(sealed: Sealed, aad: Uint8Array): Promise<Secret<Uint8Array>> {
    return new Secret(await this.#call('open', { sealed, aad }));
  }

  async random(length: number): Promise<Uint8Array> {
    return await this.#call('random', { length });
  }

  async #call<O extends Operation>(op: O, args: Operations[O]['args']): Promise<Operations[O]['result']> {
    const begin = performance.now();
    const observe = (outcome: Parameters<Observe>[2]) =>
      this.#options.observe(op, (performance.now() - begin) / 1000, outcome);
    try {
      if (!this.#host) throw new HsmUnavailable(`the HSM is not connected: ${this.#reason}`);
      const result = await this.#host.call(op, args, this.#options.callDeadline);
      observe('ok');
      return result;
    } catch (error) {
      observe(error instanceof HsmRefused ? 'refused' : 'unavailable');
      throw error;
    }
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#stopping.signal.aborted) {
      const begin = performance.now();
      await this.#connectOnce();
      failures = performance.now() - begin > GOOD_CONNECTION ? 1 : failures + 1;
      await this.#pause(failures);
    }
  }

  /** Runs one process, from its start to its end. */
  async #connectOnce(): Promise<void> {
    let host: HostProcess | undefined;
    const end = () => host?.end();
    this.#stopping.signal.addEventListener('abort', end);
    try {
      // the constructor throws where a machine has no room for another process
      host = new HostProcess(this.#options.hostFile);
      const args = { ...this.#config, refusedPin: this.#refusedPin };
      await host.call('connect', args, this.#options.connectDeadline);
      this.#up(host);
      this.#down(await host.ended);
    } catch (error) {
      this.#down(error instanceof Error ? error.message : 'unknown error');
    } finally {
      this.#refusedPin = host?.refusedPin ?? this.#refusedPin;
      this.#stopping.signal.removeEventListener('abort', end);
      await host?.end();
    }
  }

  #up(host: HostProcess): void {
    this.#host = host;
    this.#refusedPin = undefined;
    this.#connected.resolve();
    this.#options.onState(this.state);
  }

  #down(reason: string): void {
    const changed = this.#host !== undefined || reason !== this.#reason;
    if (this.#host) this.#connected = Promise.withResolvers();
    this.#host = undefined;
    this.#reason = reason;
    if (changed) this.#options.onState(this.state);
  }

  /** Pauses with jitter, so that parties which lost a common HSM do not come back in step. */
  async #pause(failures: number): Promise<void> {
    const { firstPause, longestPause } = this.#options;
    const pause = Math.min(longestPause, firstPause * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);
    await sleep(pause, undefined, { signal: this.#stopping.signal }).catch(() => {});
  }
}
