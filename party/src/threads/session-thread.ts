/**
 * A thread for sessions that exponentiate, so that the party's own thread answers health checks and runs FROST all the
 * while.
 */
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { Verdict } from '../protocol/evidence/verify-evidence.ts';
import type { Channel } from '../protocol/session/channel.ts';
import type { SessionOptions, SessionOutcome } from '../protocol/session/session.ts';
import { Backlog } from './backlog.ts';
import type { FromSession, Start, ToJudge, ToPrepare, ToSession } from './messages.ts';
import { fromPlain, toPlain } from './plain-error.ts';
import type { ThreadData } from './serve.ts';
import type { Input, Output, Task } from './tasks.ts';

/** The thread ended, and the session with it. */
export class ThreadLost extends Error {
  override readonly name = 'ThreadLost';
}

export class SessionThread {
  readonly #worker: Worker;
  /** The callers that wait for the thread: their promises are rejected when the thread is lost. */
  readonly #waiting = new Set<(error: ThreadLost) => void>();
  #lost: ThreadLost | undefined;
  #running = 0;
  /** The generations of auxiliary information that the thread has seen. */
  readonly generations = new Set<number>();

  /** `program`: the URL of a program that calls `serve`. */
  constructor(program: URL, data: ThreadData, ended: (thread: SessionThread) => void) {
    this.#worker = new Worker(program, { name: 'sessions', workerData: data });
    const end = (why: string): void => {
      this.#lost ??= new ThreadLost(`the thread of the session ended: ${why}`);
      for (const reject of this.#waiting) reject(this.#lost);
      ended(this);
    };
    this.#worker.on('error', error => end(error instanceof Error ? error.message : String(error)));
    this.#worker.on('exit', code => end(`exit ${code}`));
    this.#worker.unref();
  }

  /** The number of sessions that run in the thread. */
  get running(): number {
    return this.#running;
  }

  /** @throws what `runSession` throws, and ThreadLost */
  async run<T extends Task>(task: T, input: Input<T>, options: SessionOptions): Promise<SessionOutcome<Output<T>>> {
    this.#running += 1;
    const { port1: port, port2 } = new MessageChannel();
    try {
      const { me, signer, parameters, standing } = options;
      const start: Start = { me, identity: signer.publicKey, parameters, standing, task, input };
      this.#worker.postMessage({ start, port: port2 }, [port2]);
      wipeInput(input);
      return await this.#unlessLost(lost => accompany<T>(port, options, lost));
    } finally {
      port.close();
      this.#running -= 1;
    }
  }

  prepare(prepare: ToPrepare): void {
    this.#worker.postMessage({ prepare });
    wipeInput(prepare);
  }

  /** Makes the thread forget auxiliary information of generations below this one. */
  forget(below: number): void {
    for (const generation of this.generations) if (generation < below) this.generations.delete(generation);
    this.#worker.postMessage({ forget: below });
  }

  /** @throws ThreadLost */
  async judge(judge: ToJudge): Promise<Verdict> {
    const { port1: port, port2 } = new MessageChannel();
    try {
      return await this.#unlessLost(lost => {
        port.on('message', lost.resolve);
        this.#worker.postMessage({ judge, port: port2 }, [port2]);
        return lost.promise;
      });
    } finally {
      port.close();
    }
  }

  /** Calls `run` with a promise that is rejected if the thread is lost before it is resolved. */
  async #unlessLost<T>(run: (ended: PromiseWithResolvers<T>) => Promise<T>): Promise<T> {
    const ended = Promise.withResolvers<T>();
    if (this.#lost) ended.reject(this.#lost);
    this.#waiting.add(ended.reject);
    try {
      return await run(ended);
    } finally {
      this.#waiting.delete(ended.reject);
    }
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** Wipes the secrets of an input here: the thread has a copy. */
export function wipeInput(input: Input<Task> | ToPrepare): void {
  if ('share' in input) input.share.secret.fill(0);
  if ('primes' in input) input.primes.fill(0);
  if ('auxiliary' in input) input.auxiliary.record?.fill(0);
}

/** Does for the session what only this thread can do, until the session ends. */
async function accompany<T extends Task>(
  port: MessagePort,
  options: SessionOptions,
  ended: PromiseWithResolvers<SessionOutcome<Output<T>>>,
): Promise<SessionOutcome<Output<T>>> {
  const { channel, observer, signal } = options;
  const backlog = new Backlog(options.parameters.members.map(({ id }) => id));
  const stages = new Map<number, (() => void) | undefined>();
  const failures = new Map<number, unknown>();
  const post = (message: ToSession): void => port.postMessage(message);
  const hear = (message: FromSession): void => {
    switch (message.type) {
      case 'send':
        send(channel, message).catch(ended.reject);
        break;
      case 'taken':
        backlog.taken(message.from, message.size);
        break;
      case 'call':
        answer(message, options).then(
          value => post({ type: 'answer', call: message.call, value }),
          (error: unknown) => {
            failures.set(message.call, error);
            post({ type: 'refusal', call: message.call, error: toPlain(error) });
          },
        );
        break;
      case 'stage':
        stages.set(message.stage, observer?.stage?.(message.name));
        break;
      case 'staged':
        stages.get(message.stage)?.();
        stages.delete(message.stage);
        break;
      case 'dropped':
        observer?.dropped?.(message.reason, message.from);
        break;
      case 'done':
        // the thread answers with the output of this task
        ended.resolve({ result: message.result as Output<T>, sid: message.sid, transcript: message.transcript });
        break;
      case 'failed':
        ended.reject((message.call && failures.get(message.call)) ?? fromPlain(message.error));
    }
  };
  port.on('message', hear);
  const abort = (): void => post({ type: 'abort', reason: toPlain(signal.reason) });
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort);
  const stop = channel.listen((from, bytes) => {
    // a copy: the bytes from NATS are a view of a larger buffer, which would be sent along
    if (backlog.admit(from, bytes.length)) post({ type: 'receive', from, bytes: new Uint8Array(bytes) });
  });
  try {
    return await ended.promise;
  } finally {
    stop();
    signal.removeEventListener('abort', abort);
  }
}

async function send(channel: Channel, { to, bytes }: Extract<FromSession, { type: 'send' }>): Promise<void> {
  await channel.send(to, bytes);
}

async function answer(
  call: Extract<FromSession, { type: 'call' }>,
  { signer, claimSid, acceptStandings }: SessionOptions,
): Promise<Uint8Array | boolean | undefined> {
  switch (call.name) {
    case 'sign':
      return await signer.sign(call.input);
    case 'claim':
      return await claimSid(call.input);
    case 'standings':
      await acceptStandings(call.input);
      return undefined;
  }
}
