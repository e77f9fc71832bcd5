import type { SessionParameters } from '../session/context.ts';
import type { Messages } from '../session/messages.ts';
import type { Party } from '../session/party.ts';
import type { KeyShare, Sharing } from '../sharing/sharing.ts';

/**
 * The parameters that the signers must agree on before the first round, beside the signers themselves, the id of the
 * key and its epoch.
 */
export type SigningAgreement = Pick<SessionParameters, 'protocol' | 'suite' | 'threshold' | 'extras'>;

/**
 * A protocol that makes the signatures of a scheme from a sharing. Each protocol is a folder here, and can be exchanged
 * for another protocol of the same scheme.
 */
export interface SigningProtocol<M extends Messages> {
  readonly messages: M;
  /**
   * Returns what goes into the parameters of the session. Signers that have another message or another sharing leave
   * the session with ContextMismatch before anything secret is used, so an honest signer that is merely behind is not
   * taken for a cheater (attack list D7, R4).
   */
  agreement(sharing: Sharing, message: Uint8Array): SigningAgreement;
  /**
   * @param message the message that this party itself has decided to sign, never one that comes from a peer
   * @returns the signature, verified under the public key
   * @throws Misbehaviour naming the signers whose share is wrong
   */
  sign(party: Party<M>, key: KeyShare, message: Uint8Array): Promise<Uint8Array>;
}
