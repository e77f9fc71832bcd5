/**
 * The messages by which the leader of a request brings its signers together. An invitation is only a proposal: every
 * party decides alone whether it signs, and what.
 */
import { MAX_PARTIES } from '@mpc-operator/crds/bounds';
import { auxiliaryCertificate, certificate } from '@mpc-operator/crds/control';
import { hex, partyId } from '@mpc-operator/crds/control-fields';
import * as z from 'zod';
import { declineReason } from '../host/invitations.ts';
import { decodeJson } from '../json-message.ts';

/**
 * The name of a session to sign. A name of any other kind is refused: with such a name a party could take the place of
 * another session.
 */
const session = z.string().regex(/^sign-[0-9a-f]{32}$/);

export const signMessage = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('invitation'),
    /** The name of the session to join. */
    session,
    request: z.object({ name: z.string().min(1).max(253), uid: z.string().min(1).max(64) }),
    keyId: hex(16),
    epoch: z.int().min(1),
    signers: z.array(partyId).min(2).max(MAX_PARTIES),
    /**
     * The certificate of an epoch that is not final yet: a signer that has not seen the certificate activates the epoch
     * on the spot.
     */
    certificate: certificate.optional(),
    /** Present for an ecdsa key. */
    ecdsa: z
      .object({
        generation: z.int().min(1),
        certificate: auxiliaryCertificate.optional(),
        /** The id of the presignature to sign from; without an id the session is interactive. */
        presignature: hex(32).optional(),
      })
      .optional(),
  }),
  /** The answer of a party that declines the session, so that the leader need not wait for that party. */
  z.object({ type: z.literal('decline'), session, reason: declineReason }),
]);
export type SignMessage = z.infer<typeof signMessage>;
export type SignInvitation = Extract<SignMessage, { type: 'invitation' }>;

export const encodeSignMessage = (message: SignMessage): Uint8Array => Buffer.from(JSON.stringify(message));

/** A certificate of 16 parties is the largest part of an invitation. */
const MAX_BYTES = 65_536;

/** Returns undefined for bytes that hold no such message: anyone may have sent them. */
export const decodeSignMessage = (bytes: Uint8Array): SignMessage | undefined =>
  decodeJson(signMessage, bytes, MAX_BYTES);
