import type { PartyId } from '../protocol/session/party-id.ts';

/**
 * A signer does not have its part of a presignature any more. Nobody is to blame, and the request is signed
 * interactively.
 */
export class PresignatureGone extends Error {
  override readonly name = 'PresignatureGone';
  /** The signer that says so; undefined: this party itself. */
  readonly party: PartyId | undefined;

  constructor(message: string, party?: PartyId) {
    super(message);
    this.party = party;
  }
}
