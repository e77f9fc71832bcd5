import type { KeyShareSet, SignRequest } from '@mpc-operator/crds/generated/api';
import { deadlineOf, isFinished } from '@mpc-operator/crds/sign-request';
import { findCondition } from '@mpc-operator/runtime/conditions';

/**
 * What the operator does for a SignRequest: only what parties cannot do. Parties do not answer for keys that they do
 * not have, and a party that is away answers for nothing. Times are in milliseconds since 1970.
 */
export type Step =
  | { readonly kind: 'none' }
  | { readonly kind: 'wait'; readonly until: number }
  /** Writes into the status why nothing happens, until the key is there. */
  | { readonly kind: 'explain'; readonly reason: string; readonly message: string; readonly until: number }
  | { readonly kind: 'fail'; readonly reason: string; readonly message: string }
  | { readonly kind: 'delete' };

/** Milliseconds after the deadline of a request in which the parties of a ready key fail the request themselves. */
const GRACE = 5_000;

export function nextStep(request: SignRequest, key: KeyShareSet | undefined, now: number): Step {
  const { phase, reason = '' } = request.status ?? {};
  if (isFinished(request)) return collect(request, now);
  const obstacle = obstacleOf(request, key);
  const end = deadlineOf(request);
  const backstop = obstacle === undefined ? end + GRACE : end;
  if (now >= backstop) return fail(request, obstacle);
  // Once a session runs, the status is for the parties to write; likewise when they say themselves what an unready key
  // lacks.
  const spoken = phase === 'Signing' || (obstacle?.reason === 'KeyNotReady' && reason !== '' && !OBSTACLES.has(reason));
  if (obstacle === undefined || spoken) return { kind: 'wait', until: backstop };
  return { kind: 'explain', ...obstacle, until: backstop };
}

type ObstacleReason = 'KeyNotFound' | 'KeyDeleted' | 'KeyNotReady';
const OBSTACLES: ReadonlySet<string> = new Set<ObstacleReason>(['KeyNotFound', 'KeyDeleted', 'KeyNotReady']);

interface Obstacle {
  readonly reason: ObstacleReason;
  readonly message: string;
}

function obstacleOf({ spec }: SignRequest, key: KeyShareSet | undefined): Obstacle | undefined {
  const { name } = spec.keyRef;
  if (key === undefined) {
    return {
      reason: 'KeyNotFound',
      message: `there is no KeyShareSet ${name} in this namespace: apply it, or ask for another key`,
    };
  }
  if (key.metadata.deletionTimestamp !== undefined) {
    return { reason: 'KeyDeleted', message: `KeyShareSet ${name} is being deleted` };
  }
  const ready = findCondition(key.status?.conditions, 'Ready');
  if (ready?.status === 'True') return undefined;
  const why = ready === undefined ? 'it was not looked at yet' : `${ready.reason}: ${ready.message}`;
  return { reason: 'KeyNotReady', message: `KeyShareSet ${name} is not ready: ${why}` };
}

function fail({ spec, status }: SignRequest, obstacle: Obstacle | undefined): Step {
  const limit = `no signature within spec.deadlineSeconds (${spec.deadlineSeconds}) of its creation`;
  const why = obstacle?.message ?? status?.message;
  return { kind: 'fail', reason: 'DeadlineExceeded', message: why === undefined ? limit : `${limit}; ${why}` };
}

function collect(request: SignRequest, now: number): Step {
  const ttl = request.spec.ttlSecondsAfterFinished;
  if (ttl < 0) return { kind: 'none' };
  const completed = Date.parse(request.status?.completionTime ?? '');
  const until = (Number.isNaN(completed) ? deadlineOf(request) : completed) + ttl * 1000;
  return now >= until ? { kind: 'delete' } : { kind: 'wait', until };
}
