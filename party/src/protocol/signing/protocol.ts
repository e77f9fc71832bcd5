import type { SessionParameters } from '../session/context.ts';
import type { Messages } from '../session/messages.ts';
import type { Party } from '../session/party.ts';
import type { KeyShare, Sharing } from '../sharing/sharing.ts';

/** What the signers must agree on before the first round, beside who they are, and the key's id and epoch. */
export type SigningAgreement = Pick<SessionParameters, 'protocol' | 'suite' | 'threshold' | 'extras'>;

/** A way to make the signatures of a scheme with a sharing: a folder here, exchangeable with others of the same scheme. */
export interface SigningProtocol<M extends Messages> {
  readonly messages: M;
  /**
   * Goes into the parameters of the session. Signers with another message or another sharing part with ContextMismatch before
   * anything secret is used, and who is honest and merely behind is not taken for a cheater (attack list D7, R4).
   */
  agreement(sharing: Sharing, message: Uint8Array): SigningAgreement;
  /**
   * @param message what this party itself has decided to sign; it never comes from a peer
   * @returns the signature, verified under the public key
   * @throws Misbehaviour naming the signers whose share is wrong
   */
  sign(party: Party<M>, key: KeyShare, message: Uint8Array): Promise<Uint8Array>;
}
