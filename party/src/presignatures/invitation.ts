/** The messages by which the owner of a presignature brings the signers together that make the presignature. */
import { MAX_PARTIES } from '@mpc-operator/crds/bounds';
import { hex, partyId } from '@mpc-operator/crds/control-fields';
import * as z from 'zod';
import { declineReason } from '../host/invitations.ts';
import { decodeJson } from '../json-message.ts';

/**
 * The name of a session to presign. A name of any other kind is refused: with such a name a party could take the place
 * of another session.
 */
const session = z.string().regex(/^presign-[0-9a-f]{32}$/);

const message = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('invitation'),
    session,
    keyId: hex(16),
    epoch: z.int().min(1),
    generation: z.int().min(1),
    signers: z.array(partyId).min(2).max(MAX_PARTIES),
  }),
  /** The answer of a party that declines the session. */
  z.object({ type: z.literal('decline'), session, reason: declineReason }),
]);
export type PresignMessage = z.infer<typeof message>;
export type PresignInvitation = Extract<PresignMessage, { type: 'invitation' }>;

const MAX_BYTES = 4096;

export const encodePresignMessage = (m: PresignMessage): Uint8Array => Buffer.from(JSON.stringify(m));

/** Returns undefined for bytes that hold no such message: anyone may have sent them. */
export const decodePresignMessage = (bytes: Uint8Array): PresignMessage | undefined =>
  decodeJson(message, bytes, MAX_BYTES);
