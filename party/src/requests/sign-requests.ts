/** SignRequests at the API server. */
import type { SignRequest } from '@mpc-operator/crds/generated/api';
import { API_VERSION } from '@mpc-operator/crds/group';
import { ApiError } from '@mpc-operator/runtime/api-error';
import type { ApiClient } from '@mpc-operator/runtime/client';
import { defineResource } from '@mpc-operator/runtime/resource';
import { isFinished } from './decision.ts';

export const signRequests = defineResource<SignRequest>({
  apiVersion: API_VERSION,
  kind: 'SignRequest',
  plural: 'signrequests',
  namespaced: true,
});

/**
 * Writes a status, but for one that is final by now, or says the same: another party was faster.
 * @returns the request as it was written; undefined if it was not
 */
export async function writeStatus(
  client: ApiClient,
  request: SignRequest,
  status: NonNullable<SignRequest['status']>,
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
