import type { SignRequest } from '@mpc-operator/crds/generated/api';
import type { ApiClient } from '@mpc-operator/runtime/client';
import type { Clock } from '@mpc-operator/runtime/clock';
import type { Reconcile } from '@mpc-operator/runtime/controller';
import type { EventRecorder } from '@mpc-operator/runtime/events';
import { keyOf } from '@mpc-operator/runtime/object';
import type { Caches } from '../caches.ts';
import { nextStep, type Step } from './next-step.ts';
import { requestStatus } from './status.ts';

export interface SignRequestDeps {
  readonly client: ApiClient;
  readonly caches: Caches;
  readonly events: EventRecorder;
  readonly clock: Clock;
}

type Explained = Extract<Step, { reason: string }>;

/**
 * Returns the reconciler of SignRequests. Every write is bound to the version that was read, so that it never
 * overwrites what a party wrote meanwhile.
 */
export function signRequestReconciler({ client, caches, events, clock }: SignRequestDeps): Reconcile {
  return async (objectKey, { signal }) => {
    const request = caches.requests.get(objectKey);
    if (request === undefined || request.metadata.deletionTimestamp !== undefined) return {};
    const key = caches.keys.get({ ...objectKey, name: request.spec.keyRef.name });
    const now = clock.date();
    const step = nextStep(request, key, now.getTime());
    switch (step.kind) {
      case 'none':
        return {};
      case 'wait':
        return { requeueAfter: step.until - now.getTime() };
      case 'delete':
        await client.delete(caches.requests.resource, keyOf(request), { ...versionOf(request), signal });
        return {};
      case 'explain':
        await patch('Pending', step);
        return { requeueAfter: step.until - now.getTime() };
      case 'fail': {
        const { reason, message } = step;
        await patch('Failed', step);
        events.event(request, { type: 'Warning', reason, action: 'Fail', note: message });
        return {};
      }
    }

    async function patch(phase: 'Pending' | 'Failed', { reason, message }: Explained): Promise<void> {
      if (request === undefined) return;
      const status = requestStatus(request, { phase, reason, message }, now);
      await client.patchStatus(caches.requests.resource, request, status, { ...versionOf(request), signal });
    }
  };
}

function versionOf({ metadata }: SignRequest): { uid?: string; resourceVersion?: string } {
  const { uid, resourceVersion } = metadata;
  return { ...(uid === undefined ? {} : { uid }), ...(resourceVersion === undefined ? {} : { resourceVersion }) };
}
