/** The statuses that a party writes to a SignRequest: pure, from what came out. */
import type { SignRequest } from '@mpc-operator/crds/generated/api';
import { type Condition, setConditions } from '@mpc-operator/runtime/conditions';
import { timestamp } from '@mpc-operator/runtime/wire-time';
import type { PartyId } from '../protocol/session/party-id.ts';

type Status = NonNullable<SignRequest['status']>;

/** So many the schema allows. */
const MAX_CULPRITS = 16;

/** What a party knows of a request that it works on. */
export interface Course {
  readonly attempts: number;
  /** When it saw the request. */
  readonly seen: Date;
  readonly culprits: readonly { readonly party: PartyId; readonly reason: string }[];
}

export interface Signature {
  readonly signature: string;
  readonly publicKey: string;
  readonly keyId: string;
  readonly epoch: number;
  readonly signers: readonly PartyId[];
  /** Of an ecdsa key. */
  readonly ecdsa?: { readonly digest: string; readonly der: string; readonly recoveryId: number };
}

export function succeeded(
  request: SignRequest,
  leader: PartyId,
  signature: Signature,
  course: Course,
  now: Date,
): Status {
  const { ecdsa, ...plain } = signature;
  const { epoch, signers } = plain;
  const message = `signed by parties ${signers.join(', ')} in epoch ${epoch}`;
  // one at least, though who publishes it may have led none, or have forgotten it over a restart
  const attempts = Math.max(1, course.attempts);
  return {
    ...outcome(request, { ...course, attempts }, now, { phase: 'Succeeded', reason: 'Signed', message }),
    ...plain,
    ...ecdsa,
    leader,
    durationMilliseconds: now.getTime() - course.seen.getTime(),
    completionTime: timestamp(now),
  };
}

export function failed(request: SignRequest, reason: string, message: string, course: Course, now: Date): Status {
  return { ...outcome(request, course, now, { phase: 'Failed', reason, message }), completionTime: timestamp(now) };
}

/** Not begun, or a session that failed: it goes on until the deadline. */
export function pending(request: SignRequest, reason: string, message: string, course: Course, now: Date): Status {
  const phase = course.attempts > 0 ? 'Signing' : 'Pending';
  return outcome(request, course, now, { phase, reason, message });
}

interface Outcome {
  readonly phase: NonNullable<Status['phase']>;
  readonly reason: string;
  readonly message: string;
}

function outcome(request: SignRequest, course: Course, now: Date, { phase, reason, message: long }: Outcome): Status {
  const generation = request.metadata.generation;
  const message = long.slice(0, 1024);
  const [signed, failure]: [Condition['status'], Condition['status']] =
    phase === 'Succeeded' ? ['True', 'False'] : phase === 'Failed' ? ['False', 'True'] : ['Unknown', 'False'];
  const observations = [
    { type: 'Signed', status: signed, reason, message },
    { type: 'Failed', status: failure, reason, message },
  ];
  return {
    ...(generation !== undefined && { observedGeneration: generation }),
    phase,
    reason,
    message,
    conditions: setConditions(request.status?.conditions, observations, generation, now),
    attempts: Math.max(course.attempts, request.status?.attempts ?? 0),
    ...(course.attempts > 0 && { startTime: timestamp(course.seen) }),
    ...named(request, course),
  };
}

/** With those that others have named: each knows only of the sessions that it took part in. */
function named({ status }: SignRequest, { culprits }: Course): Pick<Status, 'culprits'> {
  const others = (status?.culprits ?? []).filter(({ party }) => !culprits.some(own => own.party === party));
  const all = [...culprits, ...others].slice(0, MAX_CULPRITS);
  return all.length > 0 ? { culprits: all } : {};
}

/** A deadline that passes says little; what went wrong before says more. */
export const withLast = (message: string, { status }: SignRequest): string =>
  status?.message === undefined ? message : `${message}; last: ${status.message}`;
