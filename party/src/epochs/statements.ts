/**
 * The statements that a party signs with its identity, so that anybody can pass them on and everybody can check them. A
 * party makes a statement once it is recorded, and never takes it back. The third kind, the acknowledgement, is in
 * proposal.ts.
 */
import { encodeUnambiguously } from '../protocol/session/transcript.ts';

/** The party says: I hold the certificate of this epoch, and sign with its sharing from now on. */
export const activatedBytes = (keyId: string, epoch: number): Uint8Array =>
  encodeUnambiguously(['mpc/v1/epoch/activated', keyId, epoch]);

/** The party says: all my shares of epochs below this one are deleted, and the key that sealed them is destroyed. */
export const erasedBytes = (keyId: string, below: number): Uint8Array =>
  encodeUnambiguously(['mpc/v1/epoch/erased', keyId, below]);
