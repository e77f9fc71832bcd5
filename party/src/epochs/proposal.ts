/**
 * The content of a certificate: what all parties of a key sign to make an epoch. The n acknowledgements of one attempt
 * are n signatures over the very same bytes.
 */
import type { AuxiliaryCertificate, Certificate } from '@mpc-operator/crds/control';
import type { PartyId } from '../protocol/session/party-id.ts';
import { encodeUnambiguously } from '../protocol/session/transcript.ts';

export interface Proposal extends Omit<Certificate, 'acks'>, WithIdentities {}

/** The proposal for a generation of auxiliary information, which goes through the same steps. */
export interface AuxiliaryProposal extends Omit<AuxiliaryCertificate, 'acks'>, WithIdentities {}

interface WithIdentities {
  /** The parties, ascending, with their pinned identities (Ed25519 public keys in hex). */
  readonly identities: { party: PartyId; identity: string }[];
}

export type AnyProposal = Proposal | AuxiliaryProposal;
export type AnyCertificate = Certificate | AuxiliaryCertificate;

/** The bytes that an acknowledgement signs. They hold every field of the proposal, unambiguously. */
export function acknowledgedBytes(p: AnyProposal): Uint8Array {
  const identities = p.identities.map(({ party, identity }) => [party, identity]);
  if ('kind' in p) {
    const { keyId, level, epoch, base, trigger, values, transcript } = p;
    return encodeUnambiguously([
      'mpc/v1/auxiliary/acknowledged',
      keyId,
      level,
      epoch,
      base,
      trigger,
      values,
      transcript,
      identities,
    ]);
  }
  return encodeUnambiguously([
    'mpc/v1/epoch/acknowledged',
    p.keyId,
    p.curve,
    p.purpose,
    p.threshold,
    p.publicKey,
    p.epoch,
    p.base,
    p.trigger,
    p.commitments,
    p.chainCodeHash,
    p.transcript,
    p.approvers,
    p.admins,
    identities,
  ]);
}

/** A certificate is a proposal with the acknowledgement of every party. */
export function certificateOf(p: Proposal, acks: ReadonlyMap<PartyId, string>): Certificate;
export function certificateOf(p: AnyProposal, acks: ReadonlyMap<PartyId, string>): AnyCertificate;
export function certificateOf(p: AnyProposal, acks: ReadonlyMap<PartyId, string>): AnyCertificate {
  const { identities, ...content } = p;
  return {
    ...content,
    acks: identities.map(({ party, identity }) => {
      const signature = acks.get(party);
      if (signature === undefined) throw new RangeError(`no acknowledgement of party ${party}: this is no certificate`);
      return { party, identity, signature };
    }),
  };
}

/** The proposal that the acknowledgements of a certificate sign. */
export function proposalOf({ acks, ...content }: AnyCertificate): AnyProposal {
  return { ...content, identities: acks.map(({ party, identity }) => ({ party, identity })) };
}
