/**
 * The messages between the two threads of a session: the thread that computes, and the thread that has network,
 * identity and store.
 */
import type { EvidenceObject } from '../protocol/evidence/format.ts';
import type { SessionParameters } from '../protocol/session/context.ts';
import type { Standing } from '../protocol/session/hello.ts';
import type { DropReason } from '../protocol/session/observer.ts';
import type { PartyId } from '../protocol/session/party-id.ts';
import type { PlainError } from './plain-error.ts';
import type { Input, Output, PlainAuxiliary, Task } from './tasks.ts';

/** The beginning of a session. The message comes with a port for that session alone. */
export interface Start {
  readonly me: PartyId;
  /** The public identity of this party. The private half stays where it is. */
  readonly identity: Uint8Array;
  readonly parameters: SessionParameters;
  readonly standing: Standing;
  readonly task: Task;
  readonly input: Input<Task>;
}

/** Evidence to be judged, and the fingerprints that its parties should have. */
export interface ToJudge {
  readonly evidence: EvidenceObject;
  readonly expected: ReadonlyMap<PartyId, string>;
}

/** Auxiliary information that sessions will soon need. */
export interface ToPrepare {
  readonly me: PartyId;
  readonly auxiliary: PlainAuxiliary;
}

/** The calls for what only the party's own thread can do. */
export interface Calls {
  readonly sign: { readonly input: Uint8Array; readonly output: Uint8Array };
  readonly claim: { readonly input: Uint8Array; readonly output: boolean };
  readonly standings: { readonly input: ReadonlyMap<PartyId, Standing>; readonly output: undefined };
}
export type CallName = keyof Calls;

export type ToSession =
  | { readonly type: 'receive'; readonly from: PartyId; readonly bytes: Uint8Array }
  | { readonly type: 'answer'; readonly call: number; readonly value: Calls[CallName]['output'] }
  | { readonly type: 'refusal'; readonly call: number; readonly error: PlainError }
  | { readonly type: 'abort'; readonly reason: PlainError };

export type FromSession =
  /** The session has taken a frame that was received. */
  | { readonly type: 'taken'; readonly from: PartyId; readonly size: number }
  | { readonly type: 'send'; readonly to: PartyId | 'all'; readonly bytes: Uint8Array }
  | {
      [C in CallName]: {
        readonly type: 'call';
        readonly call: number;
        readonly name: C;
        readonly input: Calls[C]['input'];
      };
    }[CallName]
  | { readonly type: 'stage'; readonly stage: number; readonly name: string }
  | { readonly type: 'staged'; readonly stage: number }
  | { readonly type: 'dropped'; readonly reason: DropReason; readonly from: PartyId }
  | { readonly type: 'done'; readonly result: Output<Task>; readonly sid: Uint8Array; readonly transcript: Uint8Array }
  /** `call`: the number of the refused call that made the session fail. */
  | { readonly type: 'failed'; readonly error: PlainError; readonly call?: number };
