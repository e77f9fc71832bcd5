import { concatBytes } from '@noble/hashes/utils.js';
import type { Point, Scalar } from '../../curve/curve.ts';
import { ContextMismatch } from '../../session/errors.ts';
import type { PartyId } from '../../session/party-id.ts';
import { lagrangeCoefficient } from '../../sharing/interpolation.ts';
import type { Sharing } from '../../sharing/sharing.ts';
import type { SigningKey } from '../signing-key.ts';
import type { Commitment } from './nonces.ts';
import type { CipherSuite } from './suite.ts';

/** The public values of one signer. */
export interface Signer {
  readonly commitment: Commitment;
  readonly bindingFactor: Scalar;
  /** The Lagrange coefficient of this signer among all signers. */
  readonly lambda: Scalar;
}

/**
 * Everything public about one signature after round one. Nothing else is needed to make, check and aggregate shares,
 * except a signer's own secrets.
 */
export interface SigningPackage {
  readonly suite: CipherSuite;
  readonly sharing: Sharing;
  readonly key: SigningKey;
  /** Ascending by id. */
  readonly signers: ReadonlyMap<PartyId, Signer>;
  /** R, before any change of sign. */
  readonly groupCommitment: Point;
  readonly challenge: Scalar;
  /** Whether the nonces and their commitments are negated. */
  readonly negated: boolean;
}

/**
 * The steps of RFC 9591 sections 5.2 and 5.3 that depend on public values only.
 *
 * @param commitments in any order: the list is sorted here, as section 4.3 wants it
 * @throws ContextMismatch unless there are at least `threshold` signers and each holds a share
 * @throws RangeError if a commitment is the identity, which no decoded commitment is
 */
export function makeSigningPackage(
  suite: CipherSuite,
  sharing: Sharing,
  key: SigningKey,
  commitments: ReadonlyMap<PartyId, Commitment>,
  message: Uint8Array,
): SigningPackage {
  const list = [...commitments].sort(([a], [b]) => a - b);
  const ids = list.map(([id]) => id);
  if (ids.length < sharing.threshold || !ids.every(id => sharing.parties.includes(id))) {
    throw new ContextMismatch(
      `parties ${ids.join(', ')} cannot sign: it takes ${sharing.threshold} of ${sharing.parties.join(', ')}`,
    );
  }
  const bindingFactor = bindingFactors(suite, key.point, list, message);
  const signers = new Map(
    list.map(([id, commitment]): [PartyId, Signer] => [
      id,
      { commitment, bindingFactor: bindingFactor(id), lambda: lagrangeCoefficient(suite.curve, ids, id) },
    ]),
  );
  const groupCommitment = combineCommitments(suite, [...signers.values()]);
  return {
    suite,
    sharing,
    key,
    signers,
    groupCommitment,
    challenge: suite.challenge(groupCommitment, key.point, message),
    negated: suite.negatesNonces(groupCommitment),
  };
}

/**
 * compute_binding_factors of RFC 9591 section 4.4, over encode_group_commitment_list of section 4.3. Each factor
 * depends on the whole list, the message and the key: otherwise concurrent sessions are open to the ROS attack.
 */
function bindingFactors(
  { curve, h1, h4, h5 }: CipherSuite,
  key: Point,
  list: readonly (readonly [PartyId, Commitment])[],
  message: Uint8Array,
): (id: PartyId) => Scalar {
  const identifier = (id: PartyId) => curve.encodeScalar(curve.scalar(BigInt(id)));
  const encodedList = list.flatMap(([id, { hiding, binding }]) => [
    identifier(id),
    curve.encodePoint(hiding),
    curve.encodePoint(binding),
  ]);
  const prefix = concatBytes(curve.encodePoint(key), h4(message), h5(concatBytes(...encodedList)));
  return id => h1(concatBytes(prefix, identifier(id)));
}

/** compute_group_commitment of RFC 9591 section 4.5: Σ D + ρ·E. */
function combineCommitments({ curve }: CipherSuite, signers: readonly Signer[]): Point {
  return curve.addPoints(
    ...signers.map(({ commitment }) => commitment.hiding),
    curve.multiplyAddPublic(signers.map(({ commitment, bindingFactor }) => [commitment.binding, bindingFactor])),
  );
}
