/** The status of a SignRequest: which one the outcome leads to, and how a party writes it. */
import type { SignRequest } from '@mpc-operator/crds/generated/api';
import { signRequests } from '@mpc-operator/crds/resources';
import { isFinished } from '@mpc-operator/crds/sign-request';
import { ApiError } from '@mpc-operator/runtime/api-error';
import type { ApiClient } from '@mpc-operator/runtime/client';
import { type Condition, setConditions } from '@mpc-operator/runtime/conditions';
import { timestamp } from '@mpc-operator/runtime/wire-time';
import type { PartyId } from '../protocol/session/party-id.ts';

type Status = NonNullable<SignRequest['status']>;

/** The most culprits that the schema allows. */
const MAX_CULPRITS = 16;

/** How far a party is with a request. */
export interface Progress {
  /** The number of sessions that the party led. */
  readonly attempts: number;
  /** When the party first saw the request. */
  readonly seen: Date;
  readonly culprits: readonly { readonly party: PartyId; readonly reason: string }[];
}

export interface Signature {
  readonly signature: string;
  readonly publicKey: string;
  readonly keyId: string;
  readonly epoch: number;
  readonly signers: readonly PartyId[];
  /** Present if an ecdsa key signed. */
  readonly ecdsa?: { readonly digest: string; readonly der: string; readonly recoveryId: number };
}

export function succeeded(
  request: SignRequest,
  leader: PartyId,
  signature: Signature,
  progress: Progress,
  now: Date,
): Status {
  const { ecdsa, ...plain } = signature;
  const { epoch, signers } = plain;
  const message = `signed by parties ${signers.join(', ')} in epoch ${epoch}`;
  // at least one: the party that publishes may have led no session, or may have restarted since
  const attempts = Math.max(1, progress.attempts);
  return {
    ...outcome(request, { ...progress, attempts }, now, { phase: 'Succeeded', reason: 'Signed', message }),
    ...plain,
    ...ecdsa,
    leader,
    durationMilliseconds: now.getTime() - progress.seen.getTime(),
    completionTime: timestamp(now),
  };
}

export function failed(request: SignRequest, reason: string, message: string, progress: Progress, now: Date): Status {
  return { ...outcome(request, progress, now, { phase: 'Failed', reason, message }), completionTime: timestamp(now) };
}

/** No session has begun, or one has failed: the parties go on until the deadline. */
export function pending(request: SignRequest, reason: string, message: string, progress: Progress, now: Date): Status {
  const phase = progress.attempts > 0 ? 'Signing' : 'Pending';
  return outcome(request, progress, now, { phase, reason, message });
}

interface Outcome {
  readonly phase: NonNullable<Status['phase']>;
  readonly reason: string;
  readonly message: string;
}

function outcome(
  request: SignRequest,
  progress: Progress,
  now: Date,
  { phase, reason, message: long }: Outcome,
): Status {
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
    attempts: Math.max(progress.attempts, request.status?.attempts ?? 0),
    ...(progress.attempts > 0 && { startTime: timestamp(progress.seen) }),
    ...named(request, progress),
  };
}

/** The culprits of this party and of others: each party knows only of the sessions that it took part in. */
function named({ status }: SignRequest, { culprits }: Progress): Pick<Status, 'culprits'> {
  const others = (status?.culprits ?? []).filter(({ party }) => !culprits.some(own => own.party === party));
  const all = [...culprits, ...others].slice(0, MAX_CULPRITS);
  return all.length > 0 ? { culprits: all } : {};
}

/** The message with the one before it: a deadline that passes says less than what went wrong before. */
export const withLast = (message: string, { status }: SignRequest): string =>
  status?.message === undefined ? message : `${message}; last: ${status.message}`;

/**
 * Writes a status, unless the request says the same already or has a final status by now: another party was faster.
 * @returns the request as it was written; undefined if it was not
 */
export async function writeStatus(
  client: ApiClient,
  request: SignRequest,
  status: Status,
): Promise<SignRequest | undefined> {
  const { phase, reason, message } = request.status ?? {};
  if (phase === status.phase && reason === status.reason && message === status.message) return undefined;
  const { namespace = '', name, uid } = request.metadata;
  try {
    return await client.patchStatus(signRequests, request, status);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const now = await client.get(signRequests, { namespace, name });
    if (now === undefined || now.metadata.uid !== uid || isFinished(now)) return undefined;
    throw error;
  }
}
