/**
 * How a party makes itself known to its peers: by an introduction that it signs with its identity. The peers pin that
 * identity the first time they hear it.
 */
import { hex } from '@mpc-operator/crds/control-fields';
import * as z from 'zod';
import { type PublicIdentity, parsePublicIdentity } from '../protocol/identity/identity.ts';
import type { Owner } from '../protocol/identity/owner.ts';
import type { PartyId } from '../protocol/session/party-id.ts';
import { type Signer, verifySignature } from '../protocol/session/signer.ts';
import { encodeUnambiguously } from '../protocol/session/transcript.ts';

/** What a party says of itself every second. Only the introduction is signed; the rest is a hint which party to ask. */
export const presence = z.object({
  identity: hex(32),
  /** The signature over namespace, cluster, party and identity. */
  signature: hex(64),
  incarnation: z.int().min(1),
  /** Whether the party takes sessions. */
  ready: z.boolean(),
});
export type Presence = z.infer<typeof presence>;
export const MAX_PRESENCE_BYTES = 1024;

const bytesOf = ({ namespace, cluster }: Owner, party: PartyId, identity: Uint8Array): Uint8Array =>
  encodeUnambiguously(['mpc/v1/introduction', namespace, cluster, party, identity]);

/** This party's introduction, made once. */
export async function introduce(owner: Owner, signer: Signer): Promise<Pick<Presence, 'identity' | 'signature'>> {
  const signature = await signer.sign(bytesOf(owner, owner.party, signer.publicKey));
  return { identity: Buffer.from(signer.publicKey).toString('hex'), signature: Buffer.from(signature).toString('hex') };
}

/**
 * The identity that the party `from` of the same cluster shows; undefined if it is none, or the party does not hold it.
 */
export function introducedBy(
  owner: Owner,
  from: PartyId,
  { identity, signature }: Presence,
): PublicIdentity | undefined {
  try {
    const key = parsePublicIdentity(identity);
    return verifySignature(key, bytesOf(owner, from, key), Buffer.from(signature, 'hex')) ? key : undefined;
  } catch {
    return undefined;
  }
}
