import type { Party } from '../../session/party.ts';
import { groupKey, type KeyShare, type Sharing, sharingHash } from '../../sharing/sharing.ts';
import type { SigningAgreement, SigningProtocol } from '../protocol.ts';
import { type FrostPurpose, type Scheme, schemes } from '../scheme.ts';
import { ed25519Sha512 } from './ed25519.ts';
import { type FrostMessages, frostMessages } from './messages.ts';
import { generateNonces } from './nonces.ts';
import { secp256k1Sha256Tr } from './secp256k1-tr.ts';
import { aggregate, makeSignatureShare, verifySignatureShare } from './signature-share.ts';
import { makeSigningPackage } from './signing-package.ts';
import type { CipherSuite } from './suite.ts';

const suites: { readonly [purpose in FrostPurpose]: CipherSuite } = {
  eddsa: ed25519Sha512,
  taproot: secp256k1Sha256Tr,
};

/** FROST, two rounds: RFC 9591 section 5. */
export function frost(purpose: FrostPurpose): SigningProtocol<FrostMessages> {
  const scheme = schemes[purpose];
  const suite = suites[purpose];
  return {
    messages: frostMessages(suite.curve),
    agreement: (sharing, message) => agreement(suite, sharing, message),
    sign: (party, key, message) => sign(scheme, suite, party, key, message),
  };
}

function agreement(suite: CipherSuite, sharing: Sharing, message: Uint8Array): SigningAgreement {
  return {
    protocol: 'frost/sign/v1',
    suite: suite.name,
    threshold: sharing.threshold,
    extras: { sharing: sharingHash(sharing), message },
  };
}

/** There is no coordinator: every signer does the work of one, so each ends with the signature. */
async function sign(
  scheme: Scheme,
  suite: CipherSuite,
  party: Party<FrostMessages>,
  key: KeyShare,
  message: Uint8Array,
): Promise<Uint8Array> {
  using nonces = generateNonces(suite, key.secret);
  const commitments = await party.broadcast('commitments', nonces.commitment);
  const signingKey = scheme.signingKey(groupKey(key.sharing));
  const signing = makeSigningPackage(suite, key.sharing, signingKey, commitments, message);
  const shares = await party.broadcast('shares', makeSignatureShare(signing, key, nonces));
  const signature = aggregate(signing, shares);
  if (scheme.verify(scheme.encodeKey(signingKey.point), message, signature)) return signature;
  // Shares are checked one by one only when one of them must be wrong (section 5.3): the good case stays fast
  party.check('signature share', 'shares', shares, (from, share) => verifySignatureShare(signing, from, share));
  throw new Error(
    `party ${key.party}: all other shares are right and the signature is not, so its own share is broken`,
  );
}
