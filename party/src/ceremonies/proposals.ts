/** Turns the outcome of a session into what the parties sign: every party arrives at the same bytes. */
import type { KeySpec } from '@mpc-operator/crds/control';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Proposal } from '../epochs/proposal.ts';
import { hexCommitments } from '../keys/proposed-sharing.ts';
import { curves } from '../protocol/curve/curve.ts';
import type { Secret } from '../protocol/secret.ts';
import type { Member } from '../protocol/session/context.ts';
import type { SessionOutcome } from '../protocol/session/session.ts';
import { taggedHash } from '../protocol/session/transcript.ts';
import type { NewKey } from '../protocol/sharing/keygen.ts';
import { groupKey, type KeyShare } from '../protocol/sharing/sharing.ts';

/**
 * The first epoch of a new key. The id of the key comes from the session that made it, so that no other key has that
 * id.
 */
export function newKeyProposal(
  spec: KeySpec,
  number: number,
  members: readonly Member[],
  { sid, transcript, result }: SessionOutcome<NewKey>,
): Proposal {
  const { sharing } = result.share;
  return {
    keyId: bytesToHex(taggedHash('mpc/v1/key-id', sid).subarray(0, 16)),
    curve: spec.curve,
    purpose: spec.purpose,
    threshold: spec.threshold,
    publicKey: bytesToHex(curves[spec.curve].encodePoint(groupKey(sharing))),
    epoch: number,
    base: 0,
    trigger: 'keygen@',
    commitments: hexCommitments(sharing),
    chainCodeHash: chainCodeHash(result.chainCode),
    transcript: bytesToHex(transcript),
    approvers: [],
    admins: [],
    identities: members.map(({ id, identity }) => ({ party: id, identity: bytesToHex(identity) })),
  };
}

/** The next epoch of a key: only what the refresh has changed differs from the base. */
export function refreshProposal(
  base: Proposal,
  number: number,
  trigger: string,
  { transcript, result }: SessionOutcome<KeyShare>,
): Proposal {
  return {
    ...base,
    epoch: number,
    base: base.epoch,
    trigger,
    commitments: hexCommitments(result.sharing),
    transcript: bytesToHex(transcript),
  };
}

/** The hash of a chain code. It tells nothing of the chain code, which is 32 uniform bytes. */
const chainCodeHash = (chainCode: Secret<Uint8Array>): string =>
  bytesToHex(taggedHash('mpc/v1/chain-code', chainCode.expose()));
