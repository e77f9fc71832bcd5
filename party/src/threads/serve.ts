/** The thread that computes: takes sessions from the party's own thread and runs them, each over a port of its own. */
import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { basename } from 'node:path';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { Levels } from '../protocol/evidence/public-checks.ts';
import { type Verdict, verifyEvidence } from '../protocol/evidence/verify-evidence.ts';
import type { PartyId } from '../protocol/session/party-id.ts';
import type { SessionOptions } from '../protocol/session/session.ts';
import type { CallName, Calls, FromSession, Start, ToJudge, ToPrepare, ToSession } from './messages.ts';
import { fromPlain, toPlain } from './plain-error.ts';
import { TaskRunner } from './task-runner.ts';
import type { Output, Task } from './tasks.ts';

export type Assignment =
  | { readonly start: Start; readonly port: MessagePort }
  | { readonly judge: ToJudge; readonly port: MessagePort }
  | { readonly prepare: ToPrepare }
  | { readonly forget: number };

/** The data that a thread is started with. */
export interface ThreadData {
  /** How far the thread stands back behind others: 0 to 19, as in nice(1). */
  readonly niceness: number;
}

/** Serves until the other thread closes. */
export function serve(levels: Levels): void {
  const { niceness }: ThreadData = workerData;
  if (niceness > 0) setPriority(Number(basename(readlinkSync('/proc/thread-self'))), niceness);
  const runner = new TaskRunner(levels);
  parentPort?.on('message', (assignment: Assignment) => {
    if ('start' in assignment) void conduct(runner, assignment.start, new Remote(assignment.port));
    else if ('judge' in assignment) judge(assignment.judge, assignment.port, levels);
    else if ('prepare' in assignment) runner.prepare(assignment.prepare);
    else runner.forget(assignment.forget);
  });
}

/** Judges evidence. Anybody may have sent it, so no fault of the evidence ends the thread. */
function judge({ evidence, expected }: ToJudge, port: MessagePort, levels: Levels): void {
  const verdict = (): Verdict => {
    try {
      return verifyEvidence(evidence, expected, levels);
    } catch (error) {
      return {
        confirmed: false,
        reason: `it could not be judged: ${error instanceof Error ? error.message : 'unknown error'}`,
      };
    }
  };
  port.postMessage(verdict());
  port.close();
}

async function conduct(runner: TaskRunner, start: Start, remote: Remote): Promise<void> {
  try {
    const { task, input } = start;
    const { result, sid, transcript } = await runner.run(task, input, remote.options(start));
    remote.post({ type: 'done', result, sid, transcript });
    wipeOutput(result);
  } catch (error) {
    const call = remote.callThatFailedWith(error);
    remote.post({ type: 'failed', error: toPlain(error), ...(call !== undefined && { call }) });
  } finally {
    remote.close();
  }
}

/** Wipes the secrets of a result here: the other thread has a copy. */
function wipeOutput(result: Output<Task>): void {
  const secrets = 'record' in result ? [result.record] : 'chi' in result ? [result.k, result.chi, result.seed] : [];
  for (const secret of secrets) secret.fill(0);
}

/** The party's own thread, as a session sees it: its channel, signer, memory and observer. */
class Remote {
  readonly #port: MessagePort;
  readonly #waiting = new Map<number, PromiseWithResolvers<Calls[CallName]['output']>>();
  readonly #failures = new Map<Error, number>();
  readonly #aborted = new AbortController();
  /** The frames that arrived before the session listened. */
  readonly #early: { readonly from: PartyId; readonly bytes: Uint8Array }[] = [];
  #receive: ((from: PartyId, bytes: Uint8Array) => void) | undefined;
  #count = 0;

  constructor(port: MessagePort) {
    this.#port = port;
    port.on('message', (message: ToSession) => this.#hear(message));
  }

  options({ me, identity, parameters, standing }: Start): SessionOptions {
    return {
      me,
      signer: { publicKey: identity, sign: bytes => this.#call('sign', bytes) },
      channel: {
        send: (to, bytes) => this.post({ type: 'send', to, bytes }),
        listen: receive => {
          this.#receive = receive;
          for (const { from, bytes } of this.#early.splice(0)) receive(from, bytes);
          return () => {
            this.#receive = undefined;
          };
        },
      },
      parameters,
      standing,
      acceptStandings: standings => this.#call('standings', standings),
      claimSid: sid => this.#call('claim', sid),
      observer: {
        stage: name => {
          const stage = this.#next();
          this.post({ type: 'stage', stage, name });
          return () => this.post({ type: 'staged', stage });
        },
        dropped: (reason, from) => this.post({ type: 'dropped', reason, from }),
      },
      signal: this.#aborted.signal,
    };
  }

  post(message: FromSession): void {
    this.#port.postMessage(message);
  }

  close(): void {
    this.#port.close();
  }

  /**
   * The number of the call that failed with this error, if the session failed because the other thread refused a call.
   */
  callThatFailedWith(error: unknown): number | undefined {
    return error instanceof Error ? this.#failures.get(error) : undefined;
  }

  #hear(message: ToSession): void {
    switch (message.type) {
      case 'receive':
        this.post({ type: 'taken', from: message.from, size: message.bytes.length });
        if (this.#receive) this.#receive(message.from, message.bytes);
        else this.#early.push(message);
        break;
      case 'answer':
        this.#waiting.get(message.call)?.resolve(message.value);
        break;
      case 'refusal': {
        const error = fromPlain(message.error);
        this.#failures.set(error, message.call);
        this.#waiting.get(message.call)?.reject(error);
        break;
      }
      case 'abort':
        this.#aborted.abort(fromPlain(message.reason));
    }
  }

  async #call<C extends CallName>(name: C, input: Calls[C]['input']): Promise<Calls[C]['output']> {
    const call = this.#next();
    const answer = Promise.withResolvers<Calls[C]['output']>();
    // the answer has the type that belongs to the call, which the type of the map cannot express
    this.#waiting.set(call, answer as PromiseWithResolvers<Calls[CallName]['output']>);
    this.post({ type: 'call', call, name, input } as FromSession);
    try {
      return await answer.promise;
    } finally {
      this.#waiting.delete(call);
    }
  }

  #next(): number {
    this.#count += 1;
    return this.#count;
  }
}
