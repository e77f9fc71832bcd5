/**
 * The threads in which the sessions of a party exponentiate: some for sessions that somebody waits for, and one for all
 * other sessions, which stands back behind them.
 */
import { availableParallelism } from 'node:os';
import type { Verdict } from '../protocol/evidence/verify-evidence.ts';
import type { SessionOptions, SessionOutcome } from '../protocol/session/session.ts';
import type { ToJudge, ToPrepare } from './messages.ts';
import { SessionThread, wipeInput } from './session-thread.ts';
import type { Input, Output, PlainAuxiliary, Task } from './tasks.ts';

/** How far the thread for sessions that nobody waits for stands back, as in nice(1). */
const BACKGROUND = 10;
/**
 * The most threads for sessions that somebody waits for. More threads do not help: a session takes one thread, and
 * there are seldom so many sessions at once.
 */
const MOST = 4;

export class WorkerPool {
  readonly #program: URL;
  /**
   * Reads the record of a generation of auxiliary information when a thread needs the record. The thread wipes the
   * record.
   */
  readonly #record: (generation: number) => Promise<Uint8Array>;
  readonly #urgent = new Set<SessionThread>();
  readonly #background = new Set<SessionThread>();

  /** `program`: the program of a thread, see worker.ts. */
  constructor(program: URL, record: (generation: number) => Promise<Uint8Array>) {
    this.#program = program;
    this.#record = record;
  }

  /** @throws what `runSession` throws; ThreadLost; what reading the record throws */
  async run<T extends Task>(task: T, input: Input<T>, options: SessionOptions): Promise<SessionOutcome<Output<T>>> {
    const thread = this.#threadFor(task);
    try {
      return await thread.run(task, await this.#complete(thread, input), options);
    } finally {
      wipeInput(input);
    }
  }

  /** Prepares a thread for the next interactive session with this auxiliary information. */
  async prepare({ me, auxiliary }: ToPrepare): Promise<void> {
    const thread = this.#threadFor('interactive');
    thread.prepare({ me, ...(await this.#complete(thread, { auxiliary })) });
  }

  /** Makes all threads forget auxiliary information of generations below this one. */
  forget(below: number): void {
    for (const thread of [...this.#urgent, ...this.#background]) thread.forget(below);
  }

  /** The verdict on evidence, from the thread for what nobody waits for. @throws ThreadLost */
  async judge(judge: ToJudge): Promise<Verdict> {
    return await this.#threadFor('presign').judge(judge);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#urgent, ...this.#background].map(thread => thread.close()));
  }

  /**
   * The thread for a task: one that is idle, or a new one while there are fewer than allowed, or the least busy one.
   */
  #threadFor(task: Task): SessionThread {
    const [threads, most, niceness] =
      task === 'presign'
        ? [this.#background, 1, BACKGROUND]
        : [this.#urgent, Math.min(MOST, availableParallelism()), 0];
    const [idlest] = [...threads].sort((a, b) => a.running - b.running);
    if (idlest && (idlest.running === 0 || threads.size >= most)) return idlest;
    const thread = new SessionThread(this.#program, { niceness }, lost => threads.delete(lost));
    threads.add(thread);
    return thread;
  }

  /** Adds the record of auxiliary information to an input, unless the thread has seen that generation before. */
  async #complete<I extends object>(thread: SessionThread, input: I): Promise<I> {
    if (!needsAuxiliary(input)) return input;
    const { generation } = input.auxiliary;
    if (thread.generations.has(generation)) return input;
    const record = await this.#record(generation);
    thread.generations.add(generation);
    return { ...input, auxiliary: { ...input.auxiliary, record } };
  }
}

const needsAuxiliary = <I extends object>(input: I): input is I & { readonly auxiliary: PlainAuxiliary } =>
  'auxiliary' in input;
