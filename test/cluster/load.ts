/** Keeps signing while something is changed or broken, and judges whether anybody would have noticed. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KeyShareSet, SignRequest } from '@mpc-operator/crds/generated/api';
import { signRequests } from '@mpc-operator/crds/resources';
import { ApiClient } from '@mpc-operator/runtime/client';
import { Informer } from '@mpc-operator/runtime/informer';
import { createLogger } from '@mpc-operator/runtime/log';
import { KubeConfigTransport } from '@mpc-operator/runtime/transport';
import { signRequest, verifies } from './signing.ts';

/** Seconds that a finished request is kept: longer than any test needs to judge it. */
const KEPT = 600;

export interface LoadOptions {
  readonly namespace: string;
  readonly keys: readonly KeyShareSet[];
  /** Milliseconds between requests. */
  readonly interval: number;
  readonly deadlineSeconds: number;
}

export interface Verdict {
  readonly asked: number;
  /** Why a request was not rightly answered, by its name: failed, unanswered, wrong, or answered twice. */
  readonly faults: readonly string[];
  readonly epochs: ReadonlySet<number>;
}

/** Asks for signatures of alternating keys until it is stopped. */
export class Load implements AsyncDisposable {
  readonly #options: LoadOptions;
  readonly #stop = new AbortController();
  readonly #transport = KubeConfigTransport.fromDefault({ userAgent: 'load' });
  readonly #client = new ApiClient({ transport: this.#transport, fieldManager: 'load' });
  readonly #asked = new Map<string, { readonly key: KeyShareSet; readonly message: Uint8Array }>();
  /** Every signature that was ever seen in the status of a request. */
  readonly #answers = new Map<string, Set<string>>();
  readonly #informer: Informer<SignRequest>;
  readonly #running: Promise<unknown>;
  #asking = true;
  readonly #prefix = `load-${Date.now().toString(36)}`;

  constructor(options: LoadOptions) {
    this.#options = options;
    const log = createLogger({ name: 'load', level: 'error' });
    this.#informer = new Informer({
      client: this.#client,
      resource: signRequests,
      namespaces: [options.namespace],
      log,
    });
    this.#informer.addHandler(({ object }) => {
      const { signature } = object.status ?? {};
      const seen = this.#answers.get(object.metadata.name) ?? new Set();
      if (signature !== undefined) this.#answers.set(object.metadata.name, seen.add(signature));
    });
    this.#running = Promise.all([this.#informer.run(this.#stop.signal), this.#ask()]);
  }

  /** The number of requests that are answered by now. */
  get answered(): number {
    return this.#answers.size;
  }

  /** Resolves when `n` more requests than now are answered. */
  async more(n: number): Promise<void> {
    const enough = this.answered + n;
    while (this.answered < enough) await sleep(50);
  }

  /** Stops asking, waits for the answers, and judges them. */
  async stop(): Promise<Verdict> {
    const { deadlineSeconds, namespace } = this.#options;
    this.#asking = false;
    const end = Date.now() + deadlineSeconds * 1000 + 10_000;
    const isOpen = (name: string): boolean => {
      const phase = this.#informer.get({ namespace, name })?.status?.phase;
      return phase !== 'Succeeded' && phase !== 'Failed';
    };
    while ([...this.#asked.keys()].some(isOpen) && Date.now() < end) await sleep(100);
    const faults = [...this.#asked.keys()].flatMap(name => this.#faultOf(name));
    const statuses = [...this.#asked.keys()].map(name => this.#informer.get({ namespace, name })?.status);
    const epochs = new Set(statuses.flatMap(status => (status?.epoch === undefined ? [] : [status.epoch])));
    await this[Symbol.asyncDispose]();
    return { asked: this.#asked.size, faults, epochs };
  }

  /** Ends the load without a verdict. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#asking = false;
    this.#stop.abort();
    await this.#running;
    await this.#transport.close();
  }

  async #ask(): Promise<void> {
    const { namespace, keys, interval, deadlineSeconds } = this.#options;
    for (let i = 0; this.#asking; i += 1) {
      const key = keys[i % keys.length];
      if (key === undefined) throw new Error('a load without keys');
      const name = `${this.#prefix}-${i}`;
      const message = createHash('sha256').update(name).digest();
      this.#asked.set(name, { key, message });
      const request = signRequest({ namespace, name, key: key.metadata.name, message, deadlineSeconds });
      const spec = { ...request.spec, ttlSecondsAfterFinished: KEPT };
      await this.#client.create(signRequests, { ...request, spec });
      await sleep(interval);
    }
  }

  #faultOf(name: string): string[] {
    const { namespace } = this.#options;
    const asked = this.#asked.get(name);
    const { phase, reason, message, signature = '' } = this.#informer.get({ namespace, name })?.status ?? {};
    if (phase !== 'Succeeded') return [`${name}: ${phase ?? 'no status'} ${reason ?? ''} ${message ?? ''}`];
    if ((this.#answers.get(name)?.size ?? 0) > 1) return [`${name}: answered more than once`];
    const publicKey = asked?.key.status?.publicKey ?? '';
    const right = asked && verifies(asked.key.spec.purpose, publicKey, asked.message, signature);
    return right ? [] : [`${name}: its signature does not verify`];
  }
}
