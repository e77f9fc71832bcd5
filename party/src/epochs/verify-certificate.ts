/** Checks a certificate, for somebody who trusts nothing but the fingerprints noted out of band. */
import type { Certificate } from '@mpc-operator/crds/control';
import { fingerprint, type PublicIdentity, parsePublicIdentity } from '../protocol/identity/identity.ts';
import type { PartyId } from '../protocol/session/party-id.ts';
import { verifySignature } from '../protocol/session/signer.ts';
import { acknowledgedBytes, proposalOf } from './proposal.ts';

/**
 * Returns the faults of a certificate: none if all its parties have signed it with the identities that were noted.
 * @param expected fingerprints by party; a party of the certificate that is not among them is a fault
 */
export function faultsOf(c: Certificate, expected: ReadonlyMap<PartyId, string>): string[] {
  const parties = c.acks.map(ack => ack.party);
  const bytes = acknowledgedBytes(proposalOf(c));
  return [
    ...(parties.length < c.threshold ? [`${parties.length} acknowledgements for a threshold of ${c.threshold}`] : []),
    ...(isAscending(parties) ? [] : ['the parties are not listed in ascending order, each once']),
    ...(c.commitments.length === c.threshold
      ? []
      : [`${c.commitments.length} commitments for a threshold of ${c.threshold}`]),
    ...(c.commitments[0] === c.publicKey ? [] : ['the first commitment is not the public key']),
    ...[...expected.keys()].filter(p => !parties.includes(p)).map(p => `party ${p} has not signed`),
    ...c.acks.flatMap(({ party, identity, signature }) =>
      faultOfAck(party, parse(identity), bytes, hex(signature), expected.get(party)),
    ),
  ];
}

function faultOfAck(
  party: PartyId,
  identity: PublicIdentity | undefined,
  bytes: Uint8Array,
  signature: Uint8Array,
  expected: string | undefined,
): string[] {
  if (expected === undefined) return [`no fingerprint was given for party ${party}`];
  if (identity === undefined) return [`the identity of party ${party} is no public key`];
  if (fingerprint(identity) !== expected.toLowerCase()) {
    return [`the identity of party ${party} has the fingerprint ${fingerprint(identity)}, not ${expected}`];
  }
  return verifySignature(identity, bytes, signature) ? [] : [`the signature of party ${party} does not verify`];
}

function parse(identity: string): PublicIdentity | undefined {
  try {
    return parsePublicIdentity(identity);
  } catch {
    return undefined;
  }
}

/** Whether the ids ascend, each once. */
export const isAscending = (ids: readonly number[]): boolean =>
  ids.every((id, i) => i === 0 || id > (ids[i - 1] ?? id));
const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
