/** What both operator and parties know of a SignRequest. */
import type { SignRequest } from './generated/api.ts';

/** The most bytes that a message has, once its base64 is decoded. The fewest are none: every key signs that, too. */
export const MAX_MESSAGE_BYTES = 65_536;

/** The bytes of a digest, and so of a prehashed message. */
export const DIGEST_BYTES = 32;

/** The time at which the request fails if it has no signature by then: milliseconds since 1970. */
export function deadlineOf({ metadata, spec }: SignRequest): number {
  return Date.parse(metadata.creationTimestamp ?? '') + spec.deadlineSeconds * 1000;
}

/** Whether the request has its final answer, a signature or a failure. */
export function isFinished({ status }: SignRequest): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}

/**
 * The field selector of the requests that are not finished. `status.phase` is a selectable field of the CRD, so that
 * the API server sends no finished request at all.
 */
export const UNFINISHED = 'status.phase!=Succeeded,status.phase!=Failed';
