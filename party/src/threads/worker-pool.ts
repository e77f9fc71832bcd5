/** The threads of a party in which sessions exponentiate: some for what somebody waits for, and one that stands back behind them. */
import { availableParallelism } from 'node:os';
import type { Verdict } from '../protocol/evidence/verify-evidence.ts';
import type { SessionOptions, SessionOutcome } from '../protocol/session/session.ts';
import type { ToJudge, ToPrepare } from './messages.ts';
import { SessionThread, wipeInput } from './session-thread.ts';
import type { Input, Output, PlainAuxiliary, Task } from './tasks.ts';

/** So much the thread stands back that makes what nobody waits for yet, as nice(1) has it. */
const BACKGROUND = 10;
/** More than this do not help: a session is one thread, and so many at once there seldom are. */
const MOST = 4;

export class WorkerPool {
  readonly #program: URL;
  /** The record of a generation of auxiliary information: read where a thread needs it, for the thread to wipe. */
  readonly #record: (generation: number) => Promise<Uint8Array>;
  readonly #urgent = new Set<SessionThread>();
  readonly #background = new Set<SessionThread>();

  /** `program`: of a thread, see worker.ts. */
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

  /** Has a thread ready for the next interactive session with this auxiliary information. */
  async prepare({ me, auxiliary }: ToPrepare): Promise<void> {
    const thread = this.#threadFor('interactive');
    thread.prepare({ me, ...(await this.#complete(thread, { auxiliary })) });
  }

  /** Has all threads let go of auxiliary information of generations below this one. */
  forget(below: number): void {
    for (const thread of [...this.#urgent, ...this.#background]) thread.forget(below);
  }

  /** What evidence shows. Nobody waits for it. @throws ThreadLost */
  async judge(judge: ToJudge): Promise<Verdict> {
    return await this.#threadFor('presign').judge(judge);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#urgent, ...this.#background].map(thread => thread.close()));
  }

  /** The one with the least to do, of which there are as many as processors. */
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

  /** What the thread has seen before it is not sent again. */
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
