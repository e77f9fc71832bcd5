/** How the owner of a presignature to be brings its signers together. */
import * as z from 'zod';
import { declineReason } from '../host/invitations.ts';
import { decodeJson } from '../json-message.ts';

/** No session of another kind: whoever comes to it under its name would take its place. */
const session = z.string().regex(/^presign-[0-9a-f]{32}$/);
const party = z.int().min(1).max(64);

const message = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('invitation'),
    session,
    keyId: z.string().regex(/^[0-9a-f]{32}$/),
    epoch: z.int().min(1),
    generation: z.int().min(1),
    signers: z.array(party).min(2).max(16),
  }),
  /** The answer of one who does not come. */
  z.object({ type: z.literal('decline'), session, reason: declineReason }),
]);
export type PresignMessage = z.infer<typeof message>;
export type PresignInvitation = Extract<PresignMessage, { type: 'invitation' }>;

const MAX_BYTES = 4096;

export const encodePresignMessage = (m: PresignMessage): Uint8Array => Buffer.from(JSON.stringify(m));

/** Undefined for what is none: anyone may have sent it. */
export const decodePresignMessage = (bytes: Uint8Array): PresignMessage | undefined =>
  decodeJson(message, bytes, MAX_BYTES);
