/** What a party makes of a SignRequest: a pure decision from the objects it sees and the keys it holds. */
import type { KeyShareSet, SignRequest } from '@mpc-operator/crds/generated/api';
import type { KeyState } from '../epochs/key-state.ts';
import type { PartyId } from '../protocol/session/party-id.ts';
import { type Asked, type Fault, readAsked } from './requested-data.ts';

export type Verdict =
  /** Not this party's business: finished, of another cluster, or of a key whose parties do not include this one. */
  | { readonly kind: 'ignore' }
  /** Its time is over, or it can never be answered. */
  | {
      readonly kind: 'fail';
      readonly reason: FailureReason;
      readonly message: string;
      readonly parties: readonly PartyId[];
      /** Since when it is so: milliseconds since 1970. */
      readonly since: number;
    }
  /** Not yet. */
  | { readonly kind: 'wait'; readonly reason: string; readonly message: string; readonly parties: readonly PartyId[] }
  | { readonly kind: 'sign'; readonly key: KeyState; readonly asked: Asked; readonly deadline: number };

export type FailureReason = 'DeadlineExceeded' | Fault['reason'];

export interface Knowledge {
  readonly cluster: string;
  /** The KeyShareSet that the request names, if there is one. */
  readonly keyShareSet: KeyShareSet | undefined;
  /** The key of that name in this party's store, if there is one. */
  readonly key: KeyState | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export function judge(request: SignRequest, known: Knowledge): Verdict {
  const { keyShareSet, key } = known;
  if (isFinished(request)) return { kind: 'ignore' };
  // without its KeyShareSet a key signs nothing, and the operator says so in the request's status
  if (keyShareSet === undefined || keyShareSet.metadata.deletionTimestamp !== undefined) return { kind: 'ignore' };
  if (keyShareSet.spec.clusterRef.name !== known.cluster) return { kind: 'ignore' };
  if (key === undefined || key.final === 0) return { kind: 'ignore' };

  const deadline = deadlineOf(request);
  const { parties } = key.spec;
  if (known.now >= deadline) {
    const message = `no signature within spec.deadlineSeconds (${request.spec.deadlineSeconds}) of its creation`;
    return { kind: 'fail', reason: 'DeadlineExceeded', message, parties, since: deadline };
  }
  const mismatch = differenceOf(keyShareSet, key);
  if (mismatch !== undefined) return { kind: 'wait', reason: 'KeyConflict', message: mismatch, parties };
  const asked = readAsked(request, keyShareSet.spec);
  if (!('reason' in asked)) return { kind: 'sign', key, asked, deadline };
  return { kind: 'fail', ...asked, parties, since: Date.parse(request.metadata.creationTimestamp ?? '') };
}

export const isFinished = (r: SignRequest): boolean => r.status?.phase === 'Succeeded' || r.status?.phase === 'Failed';

/** A finished request may be kept for ever, and its message, which may have 64 KiB, is of no more use to a party. */
export const leanIfFinished = (r: SignRequest): SignRequest =>
  isFinished(r) ? { ...r, spec: { ...r.spec, message: '' } } : r;

/** When a request fails if it has no signature by then: milliseconds since 1970. */
export const deadlineOf = (r: SignRequest): number =>
  Date.parse(r.metadata.creationTimestamp ?? '') + r.spec.deadlineSeconds * 1000;

/**
 * Whether the shares of a key are to be destroyed: its owner deletes its KeyShareSet and says so in it. Nobody is believed who says so
 * otherwise.
 */
export function isToBeDestroyed(key: KeyState, keyShareSet: KeyShareSet | undefined, cluster: string): boolean {
  return (
    keyShareSet?.metadata.deletionTimestamp !== undefined &&
    keyShareSet.spec.deletionPolicy === 'Destroy' &&
    keyShareSet.spec.clusterRef.name === cluster &&
    differenceOf(keyShareSet, key) === undefined
  );
}

/** The object and the key of that name must be about the same key: a name alone signs nothing. */
function differenceOf({ spec }: KeyShareSet, { spec: held }: KeyState): string | undefined {
  const fields = (['curve', 'purpose', 'threshold'] as const).filter(f => spec[f] !== held[f]);
  const sameParties = [...spec.parties].sort().join() === [...held.parties].sort().join();
  const different = sameParties ? fields : [...fields, 'parties'];
  return different.length === 0
    ? undefined
    : `the key of this name differs from the KeyShareSet in ${different.join(', ')}: restore its spec`;
}
