/** What operator and parties must know alike of a SignRequest. */
import type { SignRequest } from './generated/api.ts';

/** When the request fails if it has no signature by then: milliseconds since 1970. */
export function deadlineOf({ metadata, spec }: SignRequest): number {
  return Date.parse(metadata.creationTimestamp ?? '') + spec.deadlineSeconds * 1000;
}

/** Whether the request has its answer, a signature or a failure, which is final. */
export function isFinished({ status }: SignRequest): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}
