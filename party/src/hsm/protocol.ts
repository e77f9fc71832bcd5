/**
 * The messages between the party and its HSM process. Only the HSM process loads the PKCS#11 module: a module that
 * hangs or crashes takes nothing else with it, and the process can be killed, unlike a thread that is stuck in native
 * code.
 */
import type { HsmConfig, RefusalCode, Sealed } from './hsm.ts';

export interface Operations {
  connect: { args: ConnectArgs; result: undefined };
  generations: { args: undefined; result: number[] };
  create: { args: { generation: number }; result: undefined };
  destroy: { args: { generation: number }; result: undefined };
  seal: { args: { generation: number; plaintext: Uint8Array; aad: Uint8Array }; result: Sealed };
  open: { args: { sealed: Sealed; aad: Uint8Array }; result: Uint8Array };
  random: { args: { length: number }; result: Uint8Array };
}
export type Operation = keyof Operations;

export interface ConnectArgs extends HsmConfig {
  /**
   * The state of the PIN file (see `Failure`) whose PIN the token refused. That PIN is not tried again: the token would
   * lock.
   */
  readonly refusedPin: string | undefined;
}

/** A call of one operation. Calls are answered in their order. */
export type Request = {
  [O in Operation]: { readonly id: number; readonly op: O; readonly args: Operations[O]['args'] };
}[Operation];

export type Failure =
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly message: string }
  /** The token or the way to it is gone. The process is of no further use. */
  | { readonly kind: 'lost'; readonly message: string }
  /** The token refused the PIN; `pin` is the state of the PIN file. The process is of no further use. */
  | { readonly kind: 'pin'; readonly pin: string; readonly message: string };

export type Reply =
  | { readonly id: number; readonly failure?: undefined; readonly result: Operations[Operation]['result'] }
  | { readonly id: number; readonly failure: Failure };
