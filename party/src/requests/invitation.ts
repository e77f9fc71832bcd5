/** How the leader of a request brings the signers together. Only a proposal: what is signed, and whether, each decides alone. */
import { auxiliaryCertificate, certificate } from '@mpc-operator/crds/control';
import * as z from 'zod';
import { declineReason } from '../host/invitations.ts';
import { decodeJson } from '../json-message.ts';

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`));
/** No session of another kind: whoever comes to it under its name would take its place. */
const session = z.string().regex(/^sign-[0-9a-f]{32}$/);

export const signMessage = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('invitation'),
    /** The name of the session to come to. */
    session,
    request: z.object({ name: z.string().min(1).max(253), uid: z.string().min(1).max(64) }),
    keyId: hex(16),
    epoch: z.int().min(1),
    signers: z.array(z.int().min(1).max(64)).min(2).max(16),
    /** Of an epoch that is not final yet: a signer that has not seen it activates the epoch on the spot. */
    certificate: certificate.optional(),
    /** For an ecdsa key. */
    ecdsa: z
      .object({
        generation: z.int().min(1),
        certificate: auxiliaryCertificate.optional(),
        /** The id of the presignature to sign from; without it, interactively. */
        presignature: hex(32).optional(),
      })
      .optional(),
  }),
  /** The answer of one who does not come, so that the leader need not wait for it. */
  z.object({ type: z.literal('decline'), session, reason: declineReason }),
]);
export type SignMessage = z.infer<typeof signMessage>;
export type Invitation = Extract<SignMessage, { type: 'invitation' }>;

export const encodeSignMessage = (s: SignMessage): Uint8Array => Buffer.from(JSON.stringify(s));

/** A certificate of 16 parties is the largest part of it. */
const MAX_BYTES = 65_536;

/** Undefined for what is none: anyone may have sent it. */
export const decodeSignMessage = (bytes: Uint8Array): SignMessage | undefined =>
  decodeJson(signMessage, bytes, MAX_BYTES);
