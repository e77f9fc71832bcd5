import type { KeyPair } from './authority.ts';
import { renewalTime } from './renewal.ts';

/** The authorities of a cluster: the one that issues and, during a CA rotation, another one. */
export interface Authorities {
  readonly issuing: KeyPair;
  readonly caRotation?: CaRotation;
  /** The last request for another authority that was carried out, or begun to be. */
  readonly request?: string;
}

/**
 * One authority takes the place of another in three steps, so that at any moment everybody trusts the certificates that
 * everybody shows.
 */
export interface CaRotation {
  /**
   * `Trust`: `other` is the next authority, and already trusted. `Reissue`: `other` is the last authority, and still
   * trusted.
   */
  readonly step: 'Trust' | 'Reissue';
  readonly other: KeyPair;
  readonly since: Date;
}

/**
 * The shortest time that a step lasts, in milliseconds. The servers can be asked whether they have loaded a step; the
 * parties read what the kubelet brings them, within some two minutes, whenever they connect.
 */
const STEP_LASTS = 10 * 60 * 1000;

/**
 * Returns the next step, once the servers have loaded the present one; undefined if none is due. A request is carried
 * out once.
 */
export function nextRotationStep(
  { issuing, caRotation, request: carriedOut }: Authorities,
  request: string | undefined,
  now: Date,
): 'Trust' | 'Reissue' | 'Drop' | undefined {
  if (caRotation === undefined) {
    const requested = request !== undefined && request !== carriedOut;
    return requested || renewalTime(issuing.certificate) <= now ? 'Trust' : undefined;
  }
  if (now.getTime() - caRotation.since.getTime() < STEP_LASTS) return undefined;
  return caRotation.step === 'Trust' ? 'Reissue' : 'Drop';
}

/**
 * The certificates of all trusted authorities, in PEM. They have the same order in both steps: between the steps
 * nothing changes in what is trusted.
 */
export function trusted({ issuing, caRotation }: Authorities): string {
  if (caRotation === undefined) return issuing.certificate;
  const both = [issuing.certificate, caRotation.other.certificate];
  return (caRotation.step === 'Trust' ? both : both.reverse()).join('');
}
