import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { FrameReader, sendFrame } from '../process-pipe.ts';
import { HsmRefused, HsmUnavailable } from './hsm.ts';
import type { Failure, Operation, Operations, Reply, Request } from './protocol.ts';

/** Milliseconds that the process may take to log out when it is asked to end. */
const END_DEADLINE = 1000;

interface Call {
  readonly op: Operation;
  /** Milliseconds that the process may spend on the call. */
  readonly deadline: number;
  resolve(result: Operations[Operation]['result']): void;
  reject(error: Error): void;
}

/**
 * The party's end of one HSM process. The process lives as long as the connection to the token: at the first sign that
 * the connection is gone, when a call is not answered in time, or when the process dies, all calls fail and `ended`
 * says why.
 */
export class HostProcess {
  /** Settles once, with the reason, when the process is of no further use. */
  readonly ended: Promise<string>;
  /** The state of the PIN file, if the token refused that PIN. */
  refusedPin: string | undefined;

  readonly #child: ChildProcess;
  readonly #stream: Duplex;
  readonly #calls = new Map<number, Call>();
  readonly #resolveEnded: (reason: string) => void;
  #lastId = 0;
  #reason: string | undefined;
  #watchdog: NodeJS.Timeout | undefined;

  /** @param file the program of the process, host.ts */
  constructor(file: string) {
    const { promise, resolve } = Promise.withResolvers<string>();
    this.ended = promise;
    this.#resolveEnded = resolve;
    this.#child = spawn(process.execPath, [file], { stdio: ['ignore', 'ignore', 'inherit', 'pipe'] });
    const stream = this.#child.stdio[3];
    if (!(stream instanceof Duplex)) throw new Error('the HSM process has no stream to talk to it');
    this.#stream = stream;
    const reader = new FrameReader<Reply>(reply => this.#settle(reply));
    stream.on('data', chunk => reader.push(chunk));
    // a crash of the process shows here first, but its cause only in the exit of the process
    stream.on('error', () => this.#child.kill('SIGKILL'));
    this.#child.on('error', error => this.#fail(`the HSM process did not start: ${error.message}`));
    this.#child.on('exit', (code, signal) => this.#fail(`the HSM process ended (${signal ?? `exit code ${code}`})`));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /**
   * @param deadline milliseconds the process may spend on this call; calls before it do not count
   * @throws HsmUnavailable, HsmRefused
   */
  call<O extends Operation>(op: O, args: Operations[O]['args'], deadline: number): Promise<Operations[O]['result']> {
    if (this.#reason !== undefined) return Promise.reject(new HsmUnavailable(this.#reason));
    const { promise, resolve, reject } = Promise.withResolvers<Operations[O]['result']>();
    const id = ++this.#lastId;
    // The result of an operation has its type: the other end is this program too.
    this.#calls.set(id, { op, deadline, resolve: result => resolve(result as Operations[O]['result']), reject });
    sendFrame(this.#stream, { id, op, args } as Request);
    if (this.#calls.size === 1) this.#watchOldest();
    return promise;
  }

  /** Lets the process log out and end; kills it after `END_DEADLINE`. */
  async end(): Promise<void> {
    this.#fail('the HSM process was ended');
    this.#stream.end();
    if (this.#child.pid === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = once(this.#child, 'exit');
    const timer = new AbortController();
    const late = sleep(END_DEADLINE, undefined, { signal: timer.signal }).then(
      () => this.#child.kill('SIGKILL'),
      () => {},
    );
    await exit;
    timer.abort();
    await late;
  }

  #settle(reply: Reply): void {
    const call = this.#calls.get(reply.id);
    if (!call) return;
    this.#calls.delete(reply.id);
    this.#watchOldest();
    if (reply.failure === undefined) call.resolve(reply.result);
    else this.#refuse(call, reply.failure);
  }

  #refuse(call: Call, failure: Failure): void {
    if (failure.kind === 'refused') {
      call.reject(new HsmRefused(failure.code, failure.message));
      return;
    }
    if (failure.kind === 'pin') this.refusedPin = failure.pin;
    call.reject(new HsmUnavailable(failure.message));
    this.#fail(failure.message);
  }

  /** The process answers in order, so it is working on the oldest call. */
  #watchOldest(): void {
    clearTimeout(this.#watchdog);
    const [oldest] = this.#calls.values();
    if (!oldest) return;
    this.#watchdog = setTimeout(() => {
      this.#child.kill('SIGKILL');
      this.#fail(`the HSM did not answer ${oldest.op} within ${oldest.deadline} ms`);
    }, oldest.deadline);
  }

  #fail(reason: string): void {
    this.#reason ??= reason;
    clearTimeout(this.#watchdog);
    for (const call of this.#calls.values()) call.reject(new HsmUnavailable(this.#reason));
    this.#calls.clear();
    this.#resolveEnded(this.#reason);
  }
}
