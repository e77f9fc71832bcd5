import type { SignRequest, SignRequestStatus } from '@mpc-operator/crds/generated/api';
import { type Condition, setConditions } from '@mpc-operator/runtime/conditions';
import { timestamp } from '@mpc-operator/runtime/wire-time';
import { observation } from '../observation.ts';

interface Outcome {
  readonly phase: 'Pending' | 'Failed';
  readonly reason: string;
  readonly message: string;
}

/**
 * The status that the operator writes for a request. It has the same fields as the parties write, so that a client that
 * waits for a condition sees it, whoever wrote it.
 */
export function requestStatus(
  { metadata, status }: SignRequest,
  { phase, reason, message: long }: Outcome,
  now: Date,
): SignRequestStatus {
  const { generation } = metadata;
  const message = long.slice(0, 1024);
  const [signed, failed]: [Condition['status'], Condition['status']] =
    phase === 'Failed' ? ['False', 'True'] : ['Unknown', 'False'];
  const observations = [observation('Signed', signed, reason, message), observation('Failed', failed, reason, message)];
  return {
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    ...{ phase, reason, message },
    conditions: setConditions(status?.conditions, observations, generation, now),
    ...(phase === 'Failed' ? { completionTime: timestamp(now) } : {}),
  };
}
