/**
 * What a party gives its word for, signed with its identity, so that it can be passed on by anybody and checked by everybody. A
 * statement is given once it is recorded, and never taken back. The third kind, the acknowledgement, is in proposal.ts.
 */
import { encodeUnambiguously } from '../protocol/session/transcript.ts';

/** I hold the certificate of this epoch and sign with its sharing from now on. */
export const activatedBytes = (keyId: string, epoch: number): Uint8Array =>
  encodeUnambiguously(['mpc/v1/epoch/activated', keyId, epoch]);

/** All my shares of epochs below this one are deleted and the key that sealed them is destroyed. */
export const erasedBytes = (keyId: string, below: number): Uint8Array =>
  encodeUnambiguously(['mpc/v1/epoch/erased', keyId, below]);
