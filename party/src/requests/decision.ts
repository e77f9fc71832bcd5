/** What a party does about a SignRequest: a pure decision from the objects that it sees and the keys that it holds. */
import type { KeyShareSet, SignRequest } from '@mpc-operator/crds/generated/api';
import { deadlineOf, isFinished } from '@mpc-operator/crds/sign-request';
import type { KeyState } from '../epochs/key-state.ts';
import { conflictOf } from '../keys/key-share-set.ts';
import type { PartyId } from '../protocol/session/party-id.ts';
import { type Fault, type RequestedData, readRequestedData } from './requested-data.ts';

export type Decision =
  /**
   * The request is not for this party: it is finished, of another cluster, or of a key that this party has no share of.
   */
  | { readonly kind: 'ignore' }
  /** The deadline has passed, or the request can never be answered. */
  | {
      readonly kind: 'fail';
      readonly reason: FailureReason;
      readonly message: string;
      readonly parties: readonly PartyId[];
      /** Since when the request has failed: milliseconds since 1970. */
      readonly since: number;
    }
  /** The request cannot be signed yet. */
  | { readonly kind: 'wait'; readonly reason: string; readonly message: string; readonly parties: readonly PartyId[] }
  /** `deadline`: milliseconds since 1970. */
  | { readonly kind: 'sign'; readonly key: KeyState; readonly requested: RequestedData; readonly deadline: number };

export type ToSign = Extract<Decision, { kind: 'sign' }>;
export type ToFail = Extract<Decision, { kind: 'fail' }>;

export type FailureReason = 'DeadlineExceeded' | 'Restored' | Fault['reason'];

/**
 * The label that Velero puts on every object that it restores (velero.io/docs, restore reference). Such an object has a
 * new uid, a new creation time and no status, so that nothing else tells it from a request that somebody has made.
 */
const RESTORED = 'velero.io/restore-name';

export interface Knowledge {
  readonly cluster: string;
  /** The KeyShareSet that the request names, if there is one. */
  readonly keyShareSet: KeyShareSet | undefined;
  /** The key of that name in this party's store, if there is one. */
  readonly key: KeyState | undefined;
  /** The present time, in milliseconds since 1970. */
  readonly now: number;
}

export function decide(request: SignRequest, known: Knowledge): Decision {
  const { keyShareSet, key } = known;
  if (isFinished(request)) return { kind: 'ignore' };
  // without its KeyShareSet a key signs nothing, and the operator says so in the status of the request
  if (keyShareSet === undefined || keyShareSet.metadata.deletionTimestamp !== undefined) return { kind: 'ignore' };
  if (keyShareSet.spec.clusterRef.name !== known.cluster) return { kind: 'ignore' };
  if (key === undefined || key.final === 0) return { kind: 'ignore' };

  const deadline = deadlineOf(request);
  const { parties } = key.spec;
  if (known.now >= deadline) {
    const message = `no signature within spec.deadlineSeconds (${request.spec.deadlineSeconds}) of its creation`;
    return { kind: 'fail', reason: 'DeadlineExceeded', message, parties, since: deadline };
  }
  const since = Date.parse(request.metadata.creationTimestamp ?? '');
  const restore = request.metadata.labels?.[RESTORED];
  if (restore !== undefined) {
    const message =
      `label ${RESTORED} says that restore ${restore} made this request from a backup: what it asks for may be ` +
      'signed already. Create another request, without the label, if it is still wanted';
    return { kind: 'fail', reason: 'Restored', message, parties, since };
  }
  const conflict = conflictOf(keyShareSet, key);
  if (conflict !== undefined) return { kind: 'wait', reason: 'KeyConflict', message: conflict, parties };
  const requested = readRequestedData(request, keyShareSet.spec);
  if (!('reason' in requested)) return { kind: 'sign', key, requested, deadline };
  return { kind: 'fail', ...requested, parties, since };
}
