import type { KeyPair } from './authority.ts';
import { renewalTime } from './renewal.ts';

/** The authorities of a cluster: the one that issues and, while one succeeds another, both. */
export interface Authorities {
  readonly issuing: KeyPair;
  readonly caRotation?: CaRotation;
  /** The last request for another authority that was begun to be carried out. */
  readonly request?: string;
}

/** One authority takes the place of another in three steps, so that at any moment everybody trusts what everybody shows. */
export interface CaRotation {
  /** `Trust`: `other` is the next authority, and trusted by now. `Reissue`: `other` is the last one, and trusted still. */
  readonly step: 'Trust' | 'Reissue';
  readonly other: KeyPair;
  readonly since: Date;
}

/**
 * Milliseconds that each step lasts at least. Whether the servers have loaded it can be asked; the parties read what the kubelet
 * brings them, within some two minutes, whenever they connect.
 */
const STEP_LASTS = 10 * 60 * 1000;

/** What comes next, once the servers have loaded the present step. A request is carried out once. */
export function nextStep(
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

/** The certificates of all authorities that are trusted, PEM. In the same order in both steps: what is trusted does not change between. */
export function trusted({ issuing, caRotation }: Authorities): string {
  if (caRotation === undefined) return issuing.certificate;
  const both = [issuing.certificate, caRotation.other.certificate];
  return (caRotation.step === 'Trust' ? both : both.reverse()).join('');
}
