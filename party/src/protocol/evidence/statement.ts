/**
 * The public inputs of a check that were not shown in its session: auxiliary information, sharing, presignature. The
 * context of a session names the hashes of these inputs (signing/cggmp24/agreement.ts), so that a statement counts only
 * if it holds what all parties meant.
 */
import * as z from 'zod';
import { type Curve, curves, type Point } from '../curve/curve.ts';
import { MAX_PARTY } from '../session/context.ts';
import { entry } from '../session/party.ts';
import type { PartyId } from '../session/party-id.ts';
import { encodePoints, groupKey, type Sharing } from '../sharing/sharing.ts';
import { type PublicAuxiliary, publicAuxiliary } from '../signing/cggmp24/auxiliary.ts';
import type { OnlineFacts } from '../signing/cggmp24/online-view.ts';
import type { CggmpParameters } from '../signing/cggmp24/parameters.ts';
import type { PresignFacts } from '../signing/cggmp24/presign-view.ts';
import type { PresignatureTerms } from '../signing/cggmp24/presignature.ts';
import type { EcdsaCurve } from '../signing/ecdsa.ts';
import { type SigningKey, tweakPoint } from '../signing/signing-key.ts';
import { bytesInHex, hex, natural, ordered, unhex } from './fields.ts';

/** The length of the longest moduli. */
const MODULUS_BITS = 3072;

const party = z.int().min(1).max(MAX_PARTY);
const scalar = bytesInHex(32);
const point = bytesInHex(33);
const modulus = natural(MODULUS_BITS);

const auxiliary = z.strictObject({ party, n: modulus, ringN: modulus, s: modulus, t: modulus });
const signer = z.strictObject({ party, seedCommitment: bytesInHex(32), Delta: point, S: point });

export const statement = z.discriminatedUnion('of', [
  z.strictObject({ of: z.literal('nothing') }),
  z.strictObject({
    of: z.literal('presigning'),
    auxiliary: ordered(z.array(auxiliary).max(MAX_PARTY), ({ party }) => party),
    sharing: z.strictObject({
      threshold: party,
      parties: ordered(z.array(party).max(MAX_PARTY), id => id),
      commitments: z.array(point).min(1).max(MAX_PARTY),
    }),
    /** The scalar that is added to the shared key. */
    offset: scalar,
  }),
  z.strictObject({
    of: z.literal('presignature'),
    id: bytesInHex(32),
    key: point,
    Gamma: point,
    signers: ordered(z.array(signer).max(MAX_PARTY), ({ party }) => party),
    offset: scalar,
  }),
]);

export type Statement = z.infer<typeof statement>;
type StatementOf<K extends Statement['of']> = Extract<Statement, { of: K }>;

/**
 * The statement of a session that makes auxiliary information, where everything is shown, and of accusations that need
 * no check of the protocol.
 */
export const noStatement: Statement = { of: 'nothing' };

/** The statement of presigning and of interactive signing. */
export function presigningStatement({ auxiliary, sharing, key }: PresignFacts): StatementOf<'presigning'> {
  const curve = curves[sharing.curve];
  const { threshold, parties, commitments } = sharing;
  return {
    of: 'presigning',
    auxiliary: [...auxiliary]
      .sort(([a], [b]) => a - b)
      .map(([id, { paillier, ring }]) => ({
        party: id,
        n: number(paillier.modulus),
        ringN: number(ring.modulus.value),
        s: number(ring.s),
        t: number(ring.t),
      })),
    sharing: { threshold, parties: [...parties], commitments: encodePoints(curve, commitments).map(hex) },
    offset: hex(curve.encodeScalar(key.tweak.offset)),
  };
}

/** The statement of signing from a presignature. */
export function presignatureStatement(
  terms: PresignatureTerms,
  facts: Pick<OnlineFacts, 'curve' | 'key'>,
): StatementOf<'presignature'> {
  const curve = curves[facts.curve];
  const { id, key, nonce, signers, seedCommitments } = terms;
  return {
    of: 'presignature',
    id: hex(id),
    key: hex(curve.encodePoint(key)),
    Gamma: hex(curve.encodePoint(nonce.Gamma)),
    signers: signers.map(signer => {
      const { Delta, S } = entry(nonce.checks, signer);
      const [shownDelta, shownS] = [hex(curve.encodePoint(Delta)), hex(curve.encodePoint(S))];
      return { party: signer, seedCommitment: hex(entry(seedCommitments, signer)), Delta: shownDelta, S: shownS };
    }),
    offset: hex(curve.encodeScalar(facts.key.tweak.offset)),
  };
}

/** @throws RangeError, EncodingError if no session could be about the statement */
export function readPresigning(
  { auxiliary, sharing: shown, offset }: StatementOf<'presigning'>,
  curve: EcdsaCurve,
  parameters: CggmpParameters,
): PresignFacts {
  const commitments = shown.commitments.map(commitment => curves[curve].decodePoint(unhex(commitment)));
  const sharing: Sharing = { curve, threshold: shown.threshold, parties: shown.parties, commitments };
  const publicOf = ({ party, n, ringN, s, t }: (typeof auxiliary)[number]): [PartyId, PublicAuxiliary] => [
    party,
    publicAuxiliary({ n: toNumber(n), ringN: toNumber(ringN), s: toNumber(s), t: toNumber(t) }, parameters),
  ];
  return {
    parameters,
    auxiliary: new Map(auxiliary.map(publicOf)),
    sharing,
    key: keyAt(curves[curve], groupKey(sharing), offset),
  };
}

/** @throws EncodingError */
export function readPresignature(
  { id, key, Gamma, signers, offset }: StatementOf<'presignature'>,
  name: EcdsaCurve,
): { readonly terms: PresignatureTerms; readonly key: SigningKey } {
  const curve = curves[name];
  const pointOf = (digits: string) => curve.decodePoint(unhex(digits));
  const parent = pointOf(key);
  const checks = signers.map(({ party, Delta, S }) => [party, { Delta: pointOf(Delta), S: pointOf(S) }] as const);
  const terms = {
    id: unhex(id),
    key: parent,
    signers: signers.map(({ party }) => party),
    seedCommitments: new Map(signers.map(({ party, seedCommitment }) => [party, unhex(seedCommitment)])),
    nonce: { Gamma: pointOf(Gamma), checks: new Map(checks) },
  };
  return { terms, key: keyAt(curve, parent, offset) };
}

/** The key at an offset from another key. CGGMP24 signs with such a key, never with the negation of one. */
function keyAt(curve: Curve, parent: Point, offset: string): SigningKey {
  const tweak = { negate: false, offset: curve.decodeScalar(unhex(offset)) };
  return { point: tweakPoint(curve, tweak, parent), tweak };
}

const number = (n: bigint): string => n.toString(16);
const toNumber = (digits: string): bigint => BigInt(`0x${digits}`);
