/**
 * How parties share what they know of a key's epochs, without the operator: each party publishes its board, all that it
 * knows, and takes over from the boards of others every statement that is new and rightly signed. Boards only grow, in
 * any order and however often they are repeated, so every party ends with the same board.
 */
import { MAX_PARTIES } from '@mpc-operator/crds/bounds';
import { auxiliaryCertificate, certificate } from '@mpc-operator/crds/control';
import { hex, attempt as number, partyId as party } from '@mpc-operator/crds/control-fields';
import * as z from 'zod';
import type { PartyId } from '../protocol/session/party-id.ts';
import { type EpochState, isCertified, withAck, withActivated, withErased } from './key-state.ts';
import { type AnyCertificate, acknowledgedBytes, certificateOf, proposalOf } from './proposal.ts';
import { activatedBytes, erasedBytes } from './statements.ts';

const signatures = z.array(z.object({ party, signature: hex(64) })).max(MAX_PARTIES);
/** The number of attempts that a board shows at most: the newest, as older attempts can only lose. */
const MAX_ATTEMPTS = 64;

export const board = z.object({
  keyId: hex(16),
  attempts: z
    .array(
      z.object({
        epoch: number,
        acks: signatures,
        certificate: z.union([auxiliaryCertificate, certificate]).optional(),
        activated: signatures,
      }),
    )
    .max(MAX_ATTEMPTS),
  erased: z.array(z.object({ party, below: number, signature: hex(64) })).max(MAX_PARTIES),
});
export type Board = z.infer<typeof board>;

/** Whether `signature` (hex) is a signature over `bytes` by the Ed25519 public key `identity` (hex). */
export type Verify = (identity: string, bytes: Uint8Array, signature: string) => boolean;

export function boardOf(key: EpochState): Board {
  return {
    keyId: key.keyId,
    attempts: [...key.attempts.values()].slice(-MAX_ATTEMPTS).map(a => ({
      epoch: a.proposal.epoch,
      // a certificate holds all acknowledgements, and tells a party that has lost its memory what is missing there
      acks: isCertified(a) ? [] : list(a.acks),
      ...(isCertified(a) && { certificate: certificateOf(a.proposal, a.acks) }),
      activated: list(a.activated),
    })),
    erased: [...key.erased].map(([id, { below, signature }]) => ({ party: id, below, signature })),
  };
}

const list = (map: ReadonlyMap<PartyId, string>) => [...map].map(([id, signature]) => ({ party: id, signature }));

export interface Merged<S> {
  readonly key: S;
  /**
   * The number of statements that were left out, because their signature is wrong or the signer is no party of the key.
   */
  readonly rejected: number;
  /** Whether a certificate proves that this party once knew more than it knows now: its store was set back. */
  readonly behind: boolean;
}

/** Returns `key` with everything in another party's board that is new and right. */
export function merge<S extends EpochState>(key: S, theirs: Board, verify: Verify): Merged<S> {
  const identities = identitiesOf(key);
  let merged = key;
  let rejected = 0;
  for (const { by, bytes, signature, add } of newStatements(key, theirs)) {
    if (verify(identities.get(by) ?? '', bytes, signature)) merged = add(merged);
    else rejected += 1;
  }
  const certificates = theirs.attempts.filter(a => a.epoch > key.highest).map(a => a.certificate);
  const own = identities.get(key.me) ?? '';
  const behind = certificates.some(c => c !== undefined && isSignedBy(key, own, c, verify));
  return { key: merged, rejected, behind };
}

interface Statement {
  readonly by: PartyId;
  readonly bytes: Uint8Array;
  readonly signature: string;
  readonly add: <S extends EpochState>(key: S) => S;
}

/** The statements in another party's board that are new here, about attempts that are known here. */
function newStatements(key: EpochState, theirs: Board): Statement[] {
  const attempts = theirs.attempts.flatMap(({ epoch, acks, certificate: c, activated }) => {
    const mine = key.attempts.get(epoch);
    if (mine === undefined) return [];
    const newAcks = (c?.acks ?? acks).filter(ack => !mine.acks.has(ack.party));
    const newActivated = activated.filter(a => !mine.activated.has(a.party));
    return [
      ...newAcks.map(({ party: by, signature }) => ({
        by,
        bytes: acknowledgedBytes(mine.proposal),
        signature,
        add: <S extends EpochState>(k: S): S => withAck(k, epoch, by, signature),
      })),
      ...newActivated.map(({ party: by, signature }) => ({
        by,
        bytes: activatedBytes(key.keyId, epoch),
        signature,
        add: <S extends EpochState>(k: S): S => withActivated(k, epoch, by, signature),
      })),
    ];
  });
  const newErased = theirs.erased.filter(e => (key.erased.get(e.party)?.below ?? 0) < e.below);
  return [
    ...attempts,
    ...newErased.map(({ party: by, below, signature }) => ({
      by,
      bytes: erasedBytes(key.keyId, below),
      signature,
      add: <S extends EpochState>(k: S): S => withErased(k, by, { below, signature }),
    })),
  ];
}

/** The identities of the parties: a party has the same identity in all attempts. */
function identitiesOf(key: EpochState): ReadonlyMap<PartyId, string> {
  const identities = [...key.attempts.values()].flatMap(a => a.proposal.identities);
  return new Map(identities.map(({ party: id, identity }) => [id, identity]));
}

/**
 * Whether this party has once acknowledged what the certificate certifies. `own` is the identity of this party,
 * whatever identity the certificate gives for it.
 */
function isSignedBy(key: EpochState, own: string, c: AnyCertificate, verify: Verify): boolean {
  const mine = c.acks.find(ack => ack.party === key.me);
  return c.keyId === key.keyId && mine !== undefined && verify(own, acknowledgedBytes(proposalOf(c)), mine.signature);
}

/**
 * Whether `mine` shows anything that `theirs` lacks and the owner of `theirs` can take over: then that party should see
 * `mine`. A party takes over nothing about an attempt that it has not acknowledged, except that a certificate above all
 * it knows tells it that its store was set back. Without that limit two parties that know different attempts would
 * answer each other for ever.
 */
export function knowsMore(mine: Board, theirs: Board): boolean {
  const epochs = theirs.attempts.map(a => a.epoch);
  const highest = Math.max(0, ...epochs);
  const attempts = mine.attempts.filter(a => epochs.includes(a.epoch) || (a.certificate && a.epoch > highest));
  const known = new Set(facts(theirs));
  return facts({ ...mine, attempts }).some(fact => !known.has(fact));
}

function facts(b: Board): string[] {
  return [
    ...b.attempts.flatMap(a => [
      ...(a.certificate?.acks ?? a.acks).map(ack => `ack ${a.epoch} ${ack.party}`),
      ...a.activated.map(s => `activated ${a.epoch} ${s.party}`),
    ]),
    ...b.erased.map(e => `erased ${e.party} ${e.below}`),
  ];
}
