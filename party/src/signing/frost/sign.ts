import type { Party } from '../../session/party.ts';
import { groupKey, type KeyShare } from '../../sharing/sharing.ts';
import type { Scheme } from '../scheme.ts';
import type { FrostMessages } from './messages.ts';
import { generateNonces } from './nonces.ts';
import { aggregate, makeSignatureShare, verifySignatureShare } from './signature-share.ts';
import { makeSigningPackage } from './signing-package.ts';
import type { CipherSuite } from './suite.ts';

/**
 * FROST, RFC 9591 section 5, without a coordinator: every signer takes that part, so each ends with the signature, verified.
 *
 * `message` is what this party itself has decided to sign; it never comes from a peer.
 *
 * @throws Misbehaviour naming the signers whose share is wrong
 */
export async function sign(
  party: Party<FrostMessages>,
  suite: CipherSuite,
  scheme: Scheme,
  key: KeyShare,
  message: Uint8Array,
): Promise<Uint8Array> {
  using nonces = generateNonces(suite, key.secret);
  const commitments = await party.broadcast('commitments', nonces.commitment);
  const signing = makeSigningPackage(suite, key.sharing, scheme.tweak(groupKey(key.sharing)), commitments, message);
  const shares = await party.broadcast('shares', makeSignatureShare(signing, key, nonces));
  const signature = aggregate(signing, shares);
  if (scheme.verify(scheme.encodeKey(signing.key), message, signature)) return signature;
  // Shares are checked one by one only when one of them must be wrong (section 5.3): the good case stays fast
  party.check('signature share', 'shares', shares, (from, share) => verifySignatureShare(signing, from, share));
  throw new Error(`party ${key.party}: every other share is right and the signature is not: its own share is broken`);
}
