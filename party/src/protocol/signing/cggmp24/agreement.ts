/**
 * The values that the parties of a CGGMP24 session agree on before its first round, by name. A party with another
 * sharing, other auxiliary information or another digest leaves the session with ContextMismatch, and evidence about
 * the session is bound to the values that all parties have signed.
 */
import { type CurveName, curves } from '../../curve/curve.ts';
import type { SessionParameters } from '../../session/context.ts';
import { sharingHash } from '../../sharing/sharing.ts';
import type { DataToSign, Prehashed } from '../data-to-sign.ts';
import type { EcdsaCurve } from '../ecdsa.ts';
import type { SigningAgreement } from '../protocol.ts';
import type { SigningKey } from '../signing-key.ts';
import { auxiliaryHash } from './auxiliary.ts';
import type { OnlineFacts } from './online-view.ts';
import type { SecurityLevel } from './parameters.ts';
import type { PresignFacts } from './presign-view.ts';
import { type PresignatureTerms, presignatureHash } from './presignature.ts';

export const protocols = {
  auxInfo: 'cggmp24/aux-info/v1',
  offline: 'cggmp24/offline/v1',
  interactive: 'cggmp24/interactive/v1',
  online: 'cggmp24/online/v1',
} as const;

/** The length of the moduli, by security level, and the curve of the signatures. Auxiliary information has no curve. */
export interface Suite {
  readonly level: SecurityLevel;
  readonly curve?: EcdsaCurve;
}

export const suiteName = ({ level, curve }: Suite): string => `CGGMP24-${(curve ?? 'aux').toUpperCase()}-${level}-v1`;

const suites: readonly Suite[] = ([112, 128] as const).flatMap(level => [
  { level },
  { level, curve: 'secp256k1' as const },
  { level, curve: 'p256' as const },
]);

/** Returns undefined if no suite has this name. */
export const parseSuite = (name: string): Suite | undefined => suites.find(suite => suiteName(suite) === name);

export const auxInfoAgreement = (level: SecurityLevel): Pick<SessionParameters, 'protocol' | 'suite' | 'extras'> => ({
  protocol: protocols.auxInfo,
  suite: suiteName({ level }),
  extras: {},
});

/** The facts of a presigning session, for a party that knows the auxiliary information by its hash only. */
export interface PresignTerms extends Pick<PresignFacts, 'sharing' | 'key'> {
  readonly level: SecurityLevel;
  /** See `auxiliaryHash`. */
  readonly auxiliary: Uint8Array;
}

export const presignTerms = ({ parameters, auxiliary, sharing, key }: PresignFacts): PresignTerms => ({
  level: parameters.level,
  auxiliary: auxiliaryHash(auxiliary),
  sharing,
  key,
});

export const offlineAgreement = (terms: PresignTerms): SigningAgreement => presigning(protocols.offline, terms);

export function interactiveAgreement(terms: PresignTerms, { digest }: DataToSign | Prehashed): SigningAgreement {
  const agreed = presigning(protocols.interactive, terms);
  return { ...agreed, extras: { ...agreed.extras, digest } };
}

/** @param threshold that of the key's sharing */
export const onlineAgreement = (
  level: SecurityLevel,
  threshold: number,
  terms: PresignatureTerms,
  { curve, key, data }: OnlineFacts,
): SigningAgreement => ({
  protocol: protocols.online,
  suite: suiteName({ level, curve }),
  threshold,
  extras: {
    presignature: presignatureHash(curves[curve], terms),
    key: encodedKey(curve, key),
    digest: data.digest,
  },
});

function presigning(protocol: string, { level, auxiliary, sharing, key }: PresignTerms): SigningAgreement {
  const { curve, threshold } = sharing;
  if (curve === 'ed25519') throw new RangeError('ECDSA on ed25519');
  return {
    protocol,
    suite: suiteName({ level, curve }),
    threshold,
    extras: {
      sharing: sharingHash(sharing),
      auxiliary,
      key: encodedKey(curve, key),
    },
  };
}

const encodedKey = (curve: CurveName, { point }: SigningKey): Uint8Array => curves[curve].encodeForHash(point);
