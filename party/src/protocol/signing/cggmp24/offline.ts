/**
 * Presigning for later. In addition to ePrint 2021/060 (2024), figure 8, each signer commits to a seed, which it
 * reveals once the message is known: until then no party can know how the presignature will be re-randomised
 * (online.ts).
 */
import { randomBytes } from 'node:crypto';
import type { Curve } from '../../curve/curve.ts';
import { bytes } from '../../session/codec.ts';
import { echo } from '../../session/messages.ts';
import type { Party } from '../../session/party.ts';
import type { PartyId } from '../../session/party-id.ts';
import { taggedHash } from '../../session/transcript.ts';
import type { CggmpParameters } from './parameters.ts';
import { presign } from './presign.ts';
import { presignMessages } from './presign-messages.ts';
import { type PresignInput, presignFacts } from './presign-steps.ts';
import { PresignView } from './presign-view.ts';
import { Presignature } from './presignature.ts';

export const SEED_BYTES = 32;
const COMMITMENT_BYTES = 32;

export type OfflineMessages = ReturnType<typeof offlineMessages>;

export const offlineMessages = (parameters: CggmpParameters, curve: Curve, signers: number) => ({
  seed: echo(bytes(COMMITMENT_BYTES)),
  ...presignMessages(parameters, curve, signers),
});

/**
 * Returns the commitment to a seed for one presignature. 32 bytes. A seed has 256 bits of entropy, so the commitment
 * needs no other randomness to hide it.
 */
export const commitToSeed = (id: Uint8Array, party: PartyId, seed: Uint8Array): Uint8Array =>
  taggedHash('mpc/v1/cggmp24/seed', id, party, seed);

/** @throws what `presign` throws */
export async function presignForLater(party: Party<OfflineMessages>, input: PresignInput): Promise<Presignature> {
  const { sid } = party.context;
  const seed = new Uint8Array(randomBytes(SEED_BYTES));
  const seedCommitments = await party.broadcast('seed', commitToSeed(sid, party.me, seed));
  const view = new PresignView(party, presignFacts(input));
  const presigned = await presign(party, input, view);
  const terms = { id: sid, key: input.key.point, signers: party.parties, seedCommitments, nonce: view.nonce };
  return new Presignature(terms, presigned, seed);
}
